import { foldName } from '../kit/text.ts';

type Item = Readonly<Record<string, unknown>>;
interface Page {
  readonly items: readonly Item[];
  readonly next: string | null;
}
type Read = (q: string, asked: { limit: number; after?: string | undefined }) => Promise<Page>;

/** How the two indexes are read: by name; by UPN and e-mail address. */
export interface Readers {
  readonly byName: Read;
  readonly byAddress: Read;
  /** The position behind an item that `byName` read. */
  readonly behind: (item: Item) => string;
}

const readAtOnce = 300;
type Place = { readonly part: 'name' | 'address'; readonly after?: string };

const nameMatches = (item: Item, q: string) => foldName(String(item.name)).startsWith(foldName(q));
const upnOf = (item: Item) => String((item.summary as { upn: string }).upn);

/**
 * A page of the users whose name, UPN or e-mail address starts with `q`: first those by name, then the rest by
 * address, each once. With a leading `%` it may stand anywhere: 300 users are looked at per page, however many match.
 */
export async function searchUsers(
  readers: Readers,
  q: string,
  asked: { limit: number; position: string | undefined },
): Promise<Page> {
  if (q.startsWith('%')) return contained(readers, q.slice(1), asked);
  const place: Place = asked.position ? (JSON.parse(asked.position) as Place) : { part: 'name' };
  const items: Item[] = [];
  let { part, after }: { part: Place['part']; after?: string | undefined } = place;
  if (part === 'name') {
    const read = await readers.byName(q, { limit: asked.limit, after });
    if (read.next) return { items: read.items, next: JSON.stringify({ part, after: read.next }) };
    items.push(...read.items);
    [part, after] = ['address', undefined];
    if (q === '') return { items, next: null };
    if (items.length >= asked.limit) return { items, next: JSON.stringify({ part }) };
  }
  const read = await readers.byAddress(q, { limit: asked.limit - items.length, after });
  items.push(...read.items.filter((item) => isFresh(item, q)));
  return { items, next: read.next && JSON.stringify({ part, after: read.next }) };
}

function isFresh(item: Item, q: string): boolean {
  if (nameMatches(item, q)) return false;
  return item.kind !== 'userMail' || !upnOf(item).startsWith(q.toLowerCase());
}

async function contained(
  { byName, behind }: Readers,
  q: string,
  asked: { limit: number; position: string | undefined },
): Promise<Page> {
  const { items, next } = await byName('', { limit: readAtOnce, after: asked.position });
  const wanted = foldName(q);
  const texts = (item: Item) => [foldName(String(item.name)), upnOf(item), String(item.email).toLowerCase()];
  const matching = items.filter((item) => texts(item).some((text) => text.includes(wanted)));
  const shown = matching.slice(0, asked.limit);
  const last = shown.at(-1);
  return { items: shown, next: matching.length > shown.length && last ? behind(last) : next };
}
