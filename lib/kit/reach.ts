import { idLength, platformId } from './id.ts';
import { type PartitionKind, partition } from './keys.ts';
import { Problem, tooLarge } from './problem.ts';
import { maxDepth, type Node } from './scope.ts';

/** Partitions of a tenant: its own (`NODE`: profile, members, settings, meters), or one kind below it. */
export type Reached = PartitionKind | 'NODE';

/** Of tenants that are not the one at hand: which partitions a function looks into, and which it changes as well. */
export interface Beyond {
  readonly read?: readonly Reached[];
  readonly write?: readonly Reached[];
  /** Looks for by an index, without a right to what stands there. */
  readonly find?: readonly Reached[];
}

/** What the sessions of a function reach beside the tenant at hand and the caller's own. */
export interface Needed {
  /** Of the platform: kinds that several tenants share. */
  readonly platform?: Beyond;
  /** Of the provider above the tenant at hand. */
  readonly provider?: Beyond;
  /** Of the resellers between that provider and the tenant at hand, wherever the caller stands among them. */
  readonly line?: Beyond;
  /** Besides, of those of them that stand below the caller. */
  readonly between?: Beyond;
  /** Reads rows of every customer on a page of a list. */
  readonly page?: true;
}

/** The tenants that one session is limited to. */
export interface Reach {
  /** The caller's own tenant. */
  readonly home: string;
  /** The tenant at hand. */
  readonly target: string;
  readonly provider: string;
  /** Between the provider and the tenant at hand. */
  readonly line: readonly string[];
  /** Further tenants below the caller that the request is about, or that it makes. */
  readonly others: readonly string[];
  /** Those on a page of a list: read only. */
  readonly page: readonly string[];
}

/** Tags of a session, by what they stand for: as many as a reach may name. */
export const lineTags = numbered('l', maxDepth - 2);
export const betweenTags = numbered('b', maxDepth - 2);
export const otherTags = numbered('o', 12);
export const pageTags = numbered('p', 17);

function numbered(letter: string, count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `${letter}${index + 1}`);
}

/** Names of the tags that the sessions of a function carry: every one is always there, so that no pattern is left without a value. */
export function tagNames({ page }: Needed): readonly string[] {
  return ['tid', 'home', 'provider', ...lineTags, ...betweenTags, ...otherTags, ...(page ? pageTags : [])];
}

/** The tags of a session; places that nobody takes say the tenant at hand once more. */
export function tagsOf(reach: Reach, paged: boolean): Readonly<Record<string, string>> {
  const { home, target, provider, line, others, page } = reach;
  const fill = (names: readonly string[], ids: readonly string[]) => {
    if (ids.length > names.length) throw new Problem(tooLarge, 'More customers than can be reached at once');
    return names.map((name, index) => [name, ids[index] ?? target] as const);
  };
  const own = line.indexOf(home);
  const below = home === provider || own >= 0 ? line.slice(own + 1) : [];
  return Object.fromEntries([
    ...([
      ['tid', target],
      ['home', home],
      ['provider', provider],
    ] as const),
    ...fill(lineTags, line.slice(0, line.length - below.length)),
    ...fill(betweenTags, below),
    ...fill(otherTags, others),
    ...(paged ? fill(pageTags, page) : []),
  ]);
}

/**
 * The reach of a caller at a tenant by both paths as stored; undefined where the tenant is not the caller's own nor
 * below it. It knows nothing of roles and asks nobody who does: `authorize` may be wrong, this still holds.
 */
export function reachOver(home: Pick<Node, 'id'>, target: Pick<Node, 'id' | 'path'>): Reach | undefined {
  const { id, path } = target;
  if (path.at(-1) !== id || !path.includes(home.id)) return undefined;
  const provider = path[1] ?? id;
  return { home: home.id, target: id, provider, line: path.slice(2, -1), others: [], page: [] };
}

/** The reach of what is done for one tenant in nobody's name: what is stored says whose it is. */
export const reachAt = (path: readonly string[]): Reach => {
  const id = path.at(-1) ?? platformId;
  return { home: id, target: id, provider: path[1] ?? id, line: path.slice(2, -1), others: [], page: [] };
};

export const anyTenant = `???_${'?'.repeat(idLength)}`;

/** Leading keys that a function's own role may get by itself, of any tenant: what the shell asks before it knows the tenant. */
export function ownKeys(alongside: readonly PartitionKind[]): readonly string[] {
  const kinds: readonly PartitionKind[] = ['CLAIM', 'END_USER', 'SESSION', ...alongside];
  return [partition(anyTenant), ...kinds.map((kind) => partition(anyTenant, kind))];
}

/** Leading keys that a function's own role may list as well. */
export const listedKeys = (kinds: readonly PartitionKind[] = []): readonly string[] =>
  kinds.map((kind) => partition(platformId, kind));

/** Leading keys that a session may read, those that it may look for in indexes too, and those that it may change, with the tags as IAM's variables. */
export function sessionKeys(needed: Needed): {
  readonly read: readonly string[];
  readonly find: readonly string[];
  readonly write: readonly string[];
} {
  const { platform = {}, provider = {}, line = {}, between = {}, page } = needed;
  const whole = ['tid', 'home', ...otherTags].flatMap((tag) => wholeOf(variable(tag)));
  const some = (tenant: string, kinds: readonly Reached[] = []) => kinds.map((kind) => keyOf(tenant, kind));
  const beyond = (part: keyof Beyond) => [
    ...some(platformId, platform[part]),
    ...some(variable('provider'), provider[part]),
    ...lineTags.flatMap((tag) => some(variable(tag), line[part])),
    ...betweenTags.flatMap((tag) =>
      some(variable(tag), [...new Set([...(line[part] ?? []), ...(between[part] ?? [])])]),
    ),
  ];
  const listed = page ? pageTags.flatMap((tag) => wholeOf(variable(tag))) : [];
  const write = [...whole, ...beyond('write')];
  const read = [...new Set([...write, ...beyond('read'), ...listed])];
  return { write, read, find: [...new Set([...read, ...beyond('find')])] };
}

const variable = (tag: string) => `\${aws:PrincipalTag/${tag}}`;
const wholeOf = (tenant: string) => [partition(tenant), `${partition(tenant)}#*`];
const keyOf = (tenant: string, kind: Reached) => partition(tenant, kind === 'NODE' ? undefined : kind);
