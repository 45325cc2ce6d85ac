import { foldName } from '../kit/text.ts';
import type { Preset } from './role.ts';
import { stateOf, type User, type UserView } from './user.ts';

type Item = Readonly<Record<string, unknown>>;

/** A user as an index or a table shows it (undefined where it is not to be seen), and the position behind it. */
export interface Seen {
  readonly item: Item | undefined;
  readonly behind: string;
}
interface Read {
  readonly seen: readonly Seen[];
  readonly next: string | null;
}
type Part = 'name' | 'address' | 'service';

/** How users are found: by the beginning of a name, or of a UPN or e-mail address; by a service that they have. */
export type Readers = Readonly<
  Record<Part, (of: string, asked: { limit: number; after: string | undefined }) => Promise<Read>>
>;

/** What a list may be narrowed to. */
export interface Wanted {
  readonly q?: string | undefined;
  readonly serviceId?: string | undefined;
  readonly role?: Preset | undefined;
  readonly testUser?: boolean | undefined;
  readonly state?: UserView['state'] | undefined;
  readonly status?: User['status'] | undefined;
}

/** How many users a page looks at where no index knows what is asked: its cost is bounded, its length is not promised. */
export const sight = { name: 300, address: 300, service: 100 } as const;

type Summary = Pick<User, 'disabled' | 'expiresAt' | 'expiresOn' | 'roles' | 'status' | 'testUser' | 'upn'>;
const summaryOf = (item: Item) => item.summary as Summary;

/**
 * A page of the users that are wanted, each once: those whose name starts with `q`, then the rest by UPN and e-mail
 * address; with a leading `%` it may stand anywhere. Those of a service come in the order in which they were added.
 */
export async function searchUsers(
  readers: Readers,
  wanted: Wanted,
  asked: { limit: number; position: string | undefined; now: string },
): Promise<{ items: Item[]; next: string | null }> {
  const { q = '', serviceId } = wanted;
  const parts: Part[] = serviceId
    ? ['service']
    : q === '' || q.startsWith('%')
      ? ['name']
      : ['name', 'address'];
  const begun = asked.position === undefined ? undefined : (JSON.parse(asked.position) as Place);
  const items: Item[] = [];
  for (const part of parts.slice(Math.max(0, begun ? parts.indexOf(begun.part) : 0))) {
    const limit = isNarrowed(wanted) ? sight[part] : asked.limit - items.length;
    const after = begun?.part === part ? begun.after : undefined;
    const of = serviceId ?? (q.startsWith('%') ? '' : q);
    const read = await readers[part](of, { limit, after });
    for (const [index, { item, behind }] of read.seen.entries()) {
      if (!item || !isWanted(item, part, wanted, asked.now)) continue;
      items.push(item);
      if (items.length < asked.limit) continue;
      const end = index === read.seen.length - 1 && read.next === null && part === parts.at(-1);
      return { items, next: end ? null : JSON.stringify({ part, after: behind }) };
    }
    if (read.next) return { items, next: JSON.stringify({ part, after: read.next }) };
  }
  return { items, next: null };
}
type Place = { readonly part: Part; readonly after: string };

/** True where the index that is read does not know all that is asked. */
function isNarrowed({ q, serviceId, ...filters }: Wanted): boolean {
  if (Object.values(filters).some((one) => one !== undefined)) return true;
  return serviceId !== undefined ? q !== undefined : (q?.startsWith('%') ?? false);
}

function isWanted(item: Item, part: Part, wanted: Wanted, now: string): boolean {
  const { q = '', role, testUser, state, status } = wanted;
  const its = summaryOf(item);
  return (
    (part === 'address' ? isFresh(item, q) : says(item, q)) &&
    (role === undefined || its.roles.includes(role)) &&
    (testUser === undefined || its.testUser === testUser) &&
    (status === undefined || its.status === status) &&
    (state === undefined || stateOf(its, now) === state)
  );
}

const textsOf = (item: Item) => [
  foldName(String(item.name)),
  summaryOf(item).upn,
  String(item.email).toLowerCase(),
];

function says(item: Item, q: string): boolean {
  if (q === '') return true;
  const inside = q.startsWith('%');
  const wanted = foldName(inside ? q.slice(1) : q);
  return textsOf(item).some((text) => (inside ? text.includes(wanted) : text.startsWith(wanted)));
}

// What stands in both indexes was shown by name; whose e-mail address begins like the UPN stands there by that.
function isFresh(item: Item, q: string): boolean {
  if (foldName(String(item.name)).startsWith(foldName(q))) return false;
  return item.kind !== 'userMail' || !summaryOf(item).upn.startsWith(q.toLowerCase());
}
