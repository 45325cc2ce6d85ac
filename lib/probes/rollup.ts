import * as z from 'zod';
import { rollupKey } from '../kit/keys.ts';
import type { Item, Write } from '../kit/plan.ts';
import { resourceTypes } from '../kit/resource.ts';
import { countedStates } from './census.ts';

/** What is added up along the tree: nodes, probes by state, use by type, and who needs a look. */
export const quantities = [
  'customers',
  ...countedStates,
  ...resourceTypes,
  'overLimit',
  'belowZero',
] as const;
export type Quantity = (typeof quantities)[number];
/** Zeros are left out. */
export type Sum = Readonly<Partial<Record<Quantity, number>>>;

const sum = z.partialRecord(z.enum(quantities), z.number());
const stored = z.object({ own: sum, given: sum, givenTo: z.string().nullable(), version: z.number() });

/**
 * What a node comes to by itself (`own`), all below it (`below`: what they have handed to it), and what of both its
 * parent has been handed (`given`, `givenTo`). Everything handed on is in exactly one place above.
 */
export interface Rollup extends z.infer<typeof stored> {
  readonly nodeId: string;
  readonly below: Sum;
}

const infix = 'below_';

export function toRollup(item: Readonly<Record<string, unknown>> | undefined, nodeId: string): Rollup {
  if (!item) return { nodeId, own: {}, below: {}, given: {}, givenTo: null, version: 0 };
  const below = quantities.map((one): [Quantity, number] => [one, Number(item[`${infix}${one}`] ?? 0)]);
  return { ...stored.parse(item), nodeId, below: compact(below) };
}

function toItem({ nodeId, below, ...rest }: Rollup): Item & { version: number } {
  const flat = Object.entries(below).map(([one, count]) => [`${infix}${one}`, count]);
  return { ...rollupKey(nodeId), kind: 'rollup', ...rest, ...Object.fromEntries(flat) };
}

const compact = (entries: readonly (readonly [Quantity, number])[]): Sum =>
  Object.fromEntries(entries.filter(([, count]) => count !== 0));

/** `a` and `times` × `b`. */
export function plus(a: Sum, b: Sum, times: 1 | -1 = 1): Sum {
  return compact(quantities.map((one) => [one, (a[one] ?? 0) + times * (b[one] ?? 0)] as const));
}

const isNothing = (one: Sum) => Object.keys(one).length === 0;
export const isSame = (a: Sum, b: Sum): boolean => isNothing(plus(a, b, -1));

/**
 * A node as it is now: what it comes to by itself, and who stands above it; nobody where no partner looks after it,
 * nothing and nobody where it is gone.
 */
export interface Present {
  readonly own: Sum;
  readonly parentId: string | null;
}

/**
 * Hands what has changed at a node to its parent: takes back what another parent was given before. All in one
 * transaction, bound to the node's rollup as it was seen; nothing to write where the parent has it all. `known`: which
 * parents have a rollup already.
 */
export function handOn(before: Rollup, now: Present, known: ReadonlySet<string>): Write[] {
  const { nodeId, below, version } = before;
  const total = now.parentId === null ? {} : plus(now.own, below);
  const after = { nodeId, own: now.own, below, given: total, givenTo: now.parentId, version: version + 1 };
  const isGone = now.parentId === null && isNothing(now.own) && isNothing(below);
  const settled =
    isSame(before.own, now.own) && isSame(before.given, total) && before.givenTo === now.parentId;
  if (isGone ? version === 0 : settled) return [];
  const moved = new Map<string, Sum>();
  if (before.givenTo !== null) moved.set(before.givenTo, plus({}, before.given, -1));
  if (now.parentId !== null) moved.set(now.parentId, plus(moved.get(now.parentId) ?? {}, total));
  return [
    isGone ? { do: 'remove', key: rollupKey(nodeId), version } : put(after),
    ...[...moved].flatMap(([parentId, by]) => (isNothing(by) ? [] : [take(parentId, by, known)])),
  ];
}

function put(after: Rollup): Write {
  const item = toItem(after);
  return after.version === 1 ? { do: 'create', item } : { do: 'replace', item, version: after.version - 1 };
}

/** Adds to what a parent has from below, whatever others add at the same time. */
function take(parentId: string, by: Sum, known: ReadonlySet<string>): Write {
  if (!known.has(parentId))
    return {
      do: 'create',
      item: toItem({ ...toRollup(undefined, parentId), below: by, version: 1 }),
    };
  const add = Object.fromEntries(Object.entries(by).map(([one, count]) => [`${infix}${one}`, count]));
  return { do: 'adjust', key: rollupKey(parentId), add: { ...add, version: 1 } };
}
