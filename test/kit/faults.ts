import { AsyncResource } from 'node:async_hooks';
import { ServiceError } from '../../lib/aws/aws-json.ts';
import { client } from '../../lib/aws/dynamo.ts';

/**
 * What becomes of one call of the store. The process ends before or after it; the store takes no more for the moment;
 * the answer is lost and the client sends it again; a transaction of somebody else is at the item (of a write).
 */
export const faults = ['crash before', 'crash after', 'throttled', 'sent twice', 'conflict'] as const;
export type Fault = (typeof faults)[number];

/** The process is gone: nothing after this is heard by anybody. */
export class Crash extends Error {}

let due: { left: number; times: number; readonly how: Fault } | undefined;
let struck: Fault | undefined;
let dead = false;
let listening = false;
let between: { readonly before: string; readonly run: () => Promise<unknown> } | undefined;

/** Faults are possible from now on. */
export function listenForFaults(): void {
  if (listening) return;
  listening = true;
  client().around('call', async (call, next) => {
    const { operation } = call;
    if (between && between.before === operation) {
      const { run } = between;
      between = undefined;
      await run();
    }
    if (dead) throw new Crash();
    if (!due || (due.how === 'conflict' && isRead(operation)) || due.left-- > 0) return next(call);
    const { how } = due;
    struck = how;
    if (--due.times <= 0) due = undefined;
    if (how === 'conflict') throw conflict(operation);
    if (how === 'throttled')
      throw new ServiceError(400, { __type: 'ProvisionedThroughputExceededException' });
    if (how === 'sent twice') {
      await next(call).catch(() => undefined);
      return next(call);
    }
    dead = true;
    if (how === 'crash after') await next(call).catch(() => undefined);
    throw new Crash();
  });
}

/** Calls of the store that change nothing. */
export const isRead = (operation: string) => /^(?:Get|BatchGet|TransactGet|Query|Scan)/.test(operation);

/** A transaction of somebody else is at the item: what the store answers then. */
export function conflict(operation: string): Error {
  const message = 'Transaction is ongoing for the item';
  if (operation !== 'TransactWriteItems')
    return new ServiceError(400, { __type: 'TransactionConflictException', message });
  return cancelled([{ Code: 'TransactionConflict', Message: message }]);
}

/** A transaction that the store has cancelled for these reasons. */
export const cancelled = (CancellationReasons: readonly object[]): Error =>
  new ServiceError(400, { __type: 'TransactionCanceledException', CancellationReasons });

/**
 * Runs something in which the `after`th call of the store, and `times` − 1 after it, meet a fault; tells which one it
 * met, if it came so far.
 */
export async function under<T>(
  fault: { readonly after: number; readonly how: Fault; readonly times?: number },
  run: () => Promise<T>,
): Promise<{ result: PromiseSettledResult<T>; struck: Fault | undefined }> {
  [due, struck, dead] = [{ left: fault.after, how: fault.how, times: fault.times ?? 1 }, undefined, false];
  const [result] = await Promise.allSettled([run()]);
  const met = struck;
  [due, struck, dead] = [undefined, undefined, false];
  return { result: result as PromiseSettledResult<T>, struck: met };
}

/** Once, right before the next call of a kind (`GetItem`): what somebody else does meanwhile. */
export function meanwhile(before: string, run: () => Promise<unknown>): void {
  // In nobody's name who is called meanwhile.
  between = { before, run: AsyncResource.bind(run) };
}
