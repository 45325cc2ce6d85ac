import { getAll, page, positionOf } from '../aws/db.ts';
import { catalogKey, namePartition, partition, revisionInfix, settingsKey } from '../kit/keys.ts';
import { foldName } from '../kit/text.ts';
import type { Standing } from './author.ts';
import { codeKey } from './code.ts';
import { type CatalogItem, categoryHash, toItem, toRevision } from './item.ts';
import { type Pricing, pricingOf } from './price.ts';
import { type Circle, circleOf } from './publish.ts';

type Raw = Readonly<Record<string, unknown>>;
const systemKey = (providerId: string) => settingsKey(providerId, 'CREDIT_SYSTEM');

/** An item with its newest revision and the pricing system, in one round trip. */
export async function standingOf(providerId: string, itemId: string): Promise<Standing | undefined> {
  const [[head, system], { items }] = await Promise.all([
    getAll([catalogKey(providerId, itemId), systemKey(providerId)], true),
    page({ ...revisionsOf(providerId, itemId), limit: 1, backwards: true, consistent: true }),
  ]);
  const [newest] = items;
  if (!head || !newest) return undefined;
  return { item: toItem(head), newest: toRevision(newest), pricing: pricingOf(system) };
}

const revisionsOf = (providerId: string, itemId: string) => ({
  partition: partition(providerId, 'CATALOG'),
  prefix: `${itemId}${revisionInfix}`,
});

/** The same with those that a publication concerns. */
export async function circleAround(providerId: string, itemId: string): Promise<Circle | undefined> {
  const standing = await standingOf(providerId, itemId);
  return standing && { ...standing, around: await itemsOf(providerId, circleOf(standing)) };
}

/** Heads by their ids. */
export async function itemsOf(
  providerId: string,
  ids: readonly string[],
): Promise<ReadonlyMap<string, CatalogItem>> {
  const found = await getAll(
    ids.map((one) => catalogKey(providerId, one)),
    true,
  );
  return new Map(found.flatMap((item) => (item ? [[String(item.id), toItem(item)] as const] : [])));
}

/** Which items have these folded codes. */
export async function itemsByCode(
  providerId: string,
  codes: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const found = await getAll(
    codes.map((one) => codeKey(providerId, one)),
    true,
  );
  return new Map(found.flatMap((item, index) => (item ? [[codes[index] ?? '', String(item.itemId)]] : [])));
}

export async function pricingFor(providerId: string): Promise<Pricing> {
  const [system] = await getAll([systemKey(providerId)], true);
  return pricingOf(system);
}

/** An item's revisions, newest first, with its head. */
export async function revisionPage(
  providerId: string,
  itemId: string,
  asked: { limit: number; after: string | undefined },
) {
  const [[head, system], found] = await Promise.all([
    getAll([catalogKey(providerId, itemId), systemKey(providerId)], true),
    page({ ...revisionsOf(providerId, itemId), ...asked, backwards: true }),
  ]);
  return {
    item: head && toItem(head),
    pricing: pricingOf(system),
    revisions: found.items.map(toRevision),
    next: found.next,
  };
}

export interface Search {
  readonly q?: string | undefined;
  readonly category?: string | undefined;
  readonly state?: string | undefined;
  readonly kind?: string | undefined;
  readonly limit: number;
}

/**
 * A page of a catalogue by the index that knows most of what is asked: published names, categories, kinds with
 * their states, or names; what it does not know is looked at afterwards, so that a page may be short. What is published
 * is found and shown by its published name and category, whatever a newer draft says.
 */
export async function searchItems(providerId: string, asked: Search, after: string | undefined) {
  const { q = '', category, state, kind, limit } = asked;
  const name = foldName(q);
  const tree = { index: 'tree', partition: partition(providerId, 'CATALOG'), limit, after } as const;
  const read = () => {
    if (state === 'PUBLISHED') return page({ ...names, partition: namePartition(providerId, 'PUBLISHED') });
    if (category !== undefined) return page({ ...tree, prefix: `C#${categoryHash(category)}#${name}` });
    if (kind !== undefined && state !== undefined)
      return page({ ...tree, prefix: `${kind}#${state}#${name}` });
    if (kind !== undefined && q === '') return page({ ...tree, prefix: `${kind}#` });
    if (state !== undefined && q === '') return chained(providerId, asked, after);
    return page({ ...names, partition: namePartition(providerId, 'CATALOG') });
  };
  const names = { index: 'names', prefix: name, limit, after } as const;
  const { items, next } = await read();
  const found = items.every((one) => one.kind === 'catalogItem') ? items : await headsOf(providerId, items);
  const heads = state === 'PUBLISHED' ? found.flatMap(asPublished) : found;
  const wanted = heads.filter(
    (one) =>
      foldName(String(one.name)).startsWith(name) &&
      (kind === undefined || one.type === kind) &&
      (category === undefined || sameCategory(one, category)) &&
      (state === undefined || state === 'PUBLISHED' || one.state === state),
  );
  return { items: wanted, next };
}

const summaryOf = (one: Raw) => one.summary as { category: string | null; published: number | null };
const sameCategory = (one: Raw, category: string) =>
  foldName(summaryOf(one).category ?? '') === foldName(category);

/** A head as what is published of it: nothing where that is nothing any more. */
function asPublished(one: Raw): Raw[] {
  const { published } = toItem(one);
  if (!published) return [];
  const { name, category } = published;
  return [{ ...one, name, summary: { ...summaryOf(one), category } }];
}

async function headsOf(providerId: string, found: readonly Raw[]): Promise<Raw[]> {
  const heads = await getAll(found.map(({ id }) => catalogKey(providerId, String(id))));
  return heads.filter((one) => one !== undefined);
}

const kinds = ['BANNER', 'BUNDLE', 'SERVICE'];

/** One state of all kinds, kind after kind, read at once; a position says in which kind it is. */
async function chained(providerId: string, { state, limit }: Search, position = 'BANNER|') {
  const [first = '', after] = position.split(/\|(.*)/s);
  const left = kinds.slice(kinds.indexOf(first));
  const reads = await Promise.all(
    left.map((kind, index) =>
      page({
        index: 'tree',
        partition: partition(providerId, 'CATALOG'),
        prefix: `${kind}#${state}#`,
        limit,
        after: index === 0 && after ? after : undefined,
      }),
    ),
  );
  const items: Record<string, unknown>[] = [];
  for (const [index, { items: found, next }] of reads.entries()) {
    const taken = found.slice(0, limit - items.length);
    items.push(...taken);
    const last = taken.at(-1);
    if (last && (next || taken.length < found.length)) {
      return { items, next: `${left[index]}|${positionOf({ index: 'tree' }, last)}` };
    }
    const following = left[index + 1];
    if (items.length >= limit && following) return { items, next: `${following}|` };
  }
  return { items, next: null };
}
