import { announce } from '../kit/event.ts';
import { importChunkKey, importResultKey } from '../kit/keys.ts';
import type { Item, Plan, Write } from '../kit/plan.ts';
import { importFinished, importRequested, peopleImported } from './events.ts';
import { kindOf, lapse, operationItem, type StoredOperation } from './operation.ts';
import type { Result } from './row.ts';

/** What became of the next rows: their writes, and a result for each. */
export interface Settled {
  readonly writes: readonly Write[];
  readonly results: readonly Result[];
  /** Ids of the people who landed, by their companies. */
  readonly people?: Readonly<Record<string, readonly string[]>>;
}

/** Writes that a settlement adds to those of its rows: operation, receipt, two pages of results, the spent chunk. */
export const ownWrites = 5;

/** The operation after these results; `inChunk` is the number of rows in its current chunk. */
export function advance(
  current: StoredOperation,
  results: readonly Result[],
  at: { inChunk: number; now: string },
): StoredOperation {
  const { value } = current;
  const failed = results.filter((result) => 'message' in result).length;
  const succeeded = value.succeeded + results.length - failed;
  const offset = current.offset + results.length;
  const spent = offset >= at.inChunk;
  const finished = spent && current.chunk + 1 >= current.chunks;
  return {
    ...current,
    value: {
      ...value,
      state: finished ? (succeeded > 0 ? 'Provisioned' : 'Failed') : 'InProgress',
      done: value.done + results.length,
      succeeded,
      failed: value.failed + failed,
      startedAt: value.startedAt ?? at.now,
      finishedAt: finished ? at.now : null,
    },
    movedAt: at.now,
    version: current.version + 1,
    chunk: spent ? current.chunk + 1 : current.chunk,
    offset: spent ? 0 : offset,
  };
}

/**
 * Rows, results and progress in one transaction: a row is settled exactly once, whatever is delivered again.
 * `tired` asks for another turn.
 */
export function settleRows(
  providerId: string,
  current: StoredOperation,
  work: { settled: Settled; inChunk: number; now: string; tired: boolean },
): { plan: Plan; after: StoredOperation } {
  const { settled, now } = work;
  const after = advance(current, settled.results, work);
  const { value } = after;
  const { id } = value;
  const spent = after.chunk > current.chunk;
  const finished = value.finishedAt !== null;
  const kind = kindOf(value);
  const plan: Plan = {
    writes: [
      { do: 'replace', version: current.version, item: operationItem(providerId, after) },
      ...settled.writes,
      ...resultItems(providerId, current, { results: settled.results, now }).map(
        (item): Write => ({ do: 'create', item }),
      ),
      ...(spent
        ? [{ do: 'remove', key: importChunkKey(providerId, id, current.chunk) } satisfies Write]
        : []),
    ],
    receipt: {
      action: 'imports.settle',
      subject: id,
      before: { done: current.value.done },
      after: { done: value.done, succeeded: value.succeeded, failed: value.failed, state: value.state },
    },
    announcements: [
      ...landed(id, settled),
      ...(finished
        ? [announce(importFinished, id, { kind, succeeded: value.succeeded, failed: value.failed })]
        : work.tired
          ? [announce(importRequested, id, { kind, done: value.done, total: value.total })]
          : []),
    ],
    reply: {},
  };
  return { plan, after };
}

function landed(operationId: string, { people = {} }: Settled) {
  const companies = Object.fromEntries(Object.entries(people).map(([id, ids]) => [id, [...ids]]));
  return Object.keys(companies).length > 0 ? [announce(peopleImported, operationId, { companies })] : [];
}

function resultItems(
  providerId: string,
  { value: { id, done } }: StoredOperation,
  { results, now }: { results: readonly Result[]; now: string },
): Item[] {
  const [failed, succeeded] = [
    results.filter((result) => 'message' in result),
    results.filter((result) => 'id' in result),
  ];
  const item = (state: 'F' | 'S', rows: readonly Result[]): Item => ({
    ...importResultKey(providerId, id, { state, from: done }),
    kind: 'importResult',
    rows: JSON.stringify(rows),
    expiresAt: lapse(now, 90),
  });
  return [
    ...(failed.length > 0 ? [item('F', failed)] : []),
    ...(succeeded.length > 0 ? [item('S', succeeded)] : []),
  ];
}
