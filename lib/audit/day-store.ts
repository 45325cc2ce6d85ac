import { commit, each, getAll, page } from '../aws/db.ts';
import { idBound, platformId } from '../kit/id.ts';
import { anchorDueKey, auditKey, type Key, partition } from '../kit/keys.ts';
import { changeOf } from './change.ts';
import { headOf, sealLineOf } from './export.ts';
import { foundRow, rowHash } from './row.ts';
import type { StoredPart, StoredSeal } from './seal.ts';
import { partsOf, sealsFrom } from './seal-store.ts';
import type { Fault } from './verify.ts';
import { sealName, verifySeals } from './verify-seals.ts';

/** A day of a root that is to be anchored, and the first seal of that day. */
export interface DueDay {
  readonly day: string;
  readonly rootId: string;
  readonly from: number;
}

/** Days that were over by then, the oldest first. */
export async function daysDue(before: string, turn: { limit: number; after: string | undefined }) {
  const { items, next } = await page({
    partition: partition(platformId, 'ANCHOR_DUE'),
    to: before,
    ...turn,
    consistent: true,
  });
  return { days: items as unknown as DueDay[], next };
}

/** The seals of a day, and with them those that were made since. */
export async function sealsSince({ rootId, from, day }: DueDay) {
  const all: StoredSeal[] = [];
  // Clocks differ: an entry of the day may be in a seal of just before it.
  for await (const seal of sealsFrom(rootId, Math.max(1, from - 5))) all.push(seal);
  const [first, ...rest] = all.filter(({ at }) => at.slice(0, 10) === day);
  return { all, ofDay: first && ([first, ...rest] as const) };
}

/** Forgets that a day is due. */
export const settleDay = (due: DueDay, deadline: number): Promise<void> =>
  commit([{ do: 'remove', key: anchorDueKey(due) }], '', deadline);

const atOnce = 100;
const lanes = 8;

/** What of a day is not as it was sealed, as the table has it now. @throws Error where the time is over before that is known. */
export async function faultsOfDay(
  { rootId, day }: DueDay,
  seals: readonly StoredSeal[],
  deadline: number,
): Promise<Fault[]> {
  const faults: Fault[] = [];
  const tell = (where: string, what: string) => void faults.push({ where, what });
  const late = `The audit of ${rootId} on ${day} could not be compared in time`;
  const parts: StoredPart[] = [];
  for await (const some of inLanes(seals, partsOf, { deadline, late })) parts.push(...some);
  const byPlace = Map.groupBy(parts, ({ seq }) => seq);
  const lines = seals.map((one) => sealLineOf(one, byPlace.get(one.seq) ?? []));
  verifySeals({ head: headOf(rootId, true, ''), seals: lines, rows: [], begun: true }, tell);
  await compareEntries(parts, tell, { deadline, late });
  await findAdded(rootId, day, parts, tell);
  return faults;
}

type Tell = (where: string, what: string) => void;

interface Patience {
  readonly deadline: number;
  /** What is said when it is over. */
  readonly late: string;
}

/** Asks for many things a hundred at a time, some hundreds at once; answers in their order. */
async function* inLanes<T, A>(
  all: readonly T[],
  ask: (some: readonly T[]) => Promise<A>,
  { deadline, late }: Patience,
): AsyncGenerator<A> {
  for (let from = 0; from < all.length; from += atOnce * lanes) {
    if (Date.now() >= deadline) throw new Error(late);
    const turn = all.slice(from, from + atOnce * lanes);
    const some = Array.from({ length: Math.ceil(turn.length / atOnce) }, (_, lane) =>
      turn.slice(lane * atOnce, (lane + 1) * atOnce),
    );
    yield* await Promise.all(some.map(ask));
  }
}

async function compareEntries(parts: readonly StoredPart[], tell: Tell, patience: Patience): Promise<void> {
  const sealed = parts.flatMap(({ rootId, nodeId, seq, rows }) =>
    rows.map(([id, hash]) => ({ rootId, nodeId, seq, id, hash })),
  );
  const read = async (some: typeof sealed) => {
    const found = await getAll(some.map(({ nodeId, id }) => auditKey(nodeId, id)));
    return some.map((one, index) => ({ ...one, item: found[index] }));
  };
  for await (const some of inLanes(sealed, (part) => read([...part]), patience)) {
    for (const { rootId, nodeId, seq, id, hash, item } of some) {
      const seal = sealName({ rootId, seq });
      const change = changeOf({ hash, seal }, item && rowHash(foundRow(item)));
      if (change) tell(`${nodeId} entry ${id}`, change);
    }
  }
}

/** Entries of the day that are in none of the seals made since. */
async function findAdded(
  rootId: string,
  day: string,
  parts: readonly StoredPart[],
  tell: Tell,
): Promise<void> {
  const sealed = new Set(parts.flatMap(({ rows }) => rows.map(([id]) => id)));
  const [first = ''] = [...sealed].sort();
  const begin = idBound('audit', Date.parse(`${day}T00:00:00.000Z`), 'first');
  const to = idBound('audit', Date.parse(`${day}T23:59:59.999Z`), 'last');
  // What was done before there were seals is in none.
  const [from = begin] = [begin, first].sort().reverse();
  if (from > to) return;
  const range = { index: 'tree', partition: partition(rootId, 'AUDIT'), limit: 1000 } as const;
  for await (const item of each({ ...range, from, to })) {
    const { PK, SK } = item as unknown as Key;
    if (!sealed.has(SK)) tell(`${PK} ${SK}`, 'it was added, or never reached the seals');
  }
}
