import { each, getAll } from '../aws/db.ts';
import { catalogKey, catalogRevisionKey, type Key, namePartition } from '../kit/keys.ts';
import { type CatalogItem, type Revision, toItem, toRevision } from './item.ts';

type Raw = Readonly<Record<string, unknown>>;

/**
 * Whole items, each with its newest revision, for a file of them: at most `most`, else undefined. What the index lists
 * is read, so that older revisions cost nothing.
 */
export async function wholeCatalogue(
  providerId: string,
  most: number,
): Promise<{ item: CatalogItem; newest: Revision }[] | undefined> {
  const listed: { id: string; revision: number }[] = [];
  const range = { index: 'names', partition: namePartition(providerId, 'CATALOG'), limit: most + 1 } as const;
  for await (const { id, summary } of each(range)) {
    listed.push({ id: String(id), revision: (summary as { revision: number }).revision });
    if (listed.length > most) return undefined;
  }
  const revisionKey = (one: { id: string; revision: number }) =>
    catalogRevisionKey(providerId, one.id, one.revision);
  const [heads, revisions] = await Promise.all([
    inPortions(listed.map(({ id }) => catalogKey(providerId, id))),
    inPortions(listed.map(revisionKey)),
  ]);
  const items = heads.flatMap((one) => (one ? [toItem(one)] : []));
  const found = new Map(revisions.flatMap((one) => (one ? [[place(one), toRevision(one)] as const] : [])));
  // What has a newer revision than the index said.
  const newer = await inPortions(items.map(revisionKey).filter((key) => !found.has(place(key))));
  for (const one of newer) if (one) found.set(place(one), toRevision(one));
  return items
    .toSorted((a, b) => (a.id < b.id ? -1 : 1))
    .flatMap((item) => {
      const newest = found.get(place(revisionKey(item)));
      return newest ? [{ item, newest }] : [];
    });
}

const place = (key: Readonly<Record<string, unknown>> | Key): string => String(key.SK);

/** Items in the order of `keys`, a hundred of them a call. */
async function inPortions(keys: readonly Key[]): Promise<(Raw | undefined)[]> {
  const portions = Array.from({ length: Math.ceil(keys.length / 100) }, (_, index) =>
    getAll(keys.slice(index * 100, index * 100 + 100)),
  );
  return (await Promise.all(portions)).flat();
}
