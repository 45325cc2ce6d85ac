import { client } from '../../lib/aws/dynamo.ts';

/** Told of a call of the store that has ended, and whether it was done. */
export type Hearer = (operation: string, done: boolean) => void;

let hearer: Hearer | undefined;
let listening = false;

/** Calls can be heard from now on. */
export function listenToAll(): void {
  if (listening) return;
  listening = true;
  client().around('call', async (call, next) => {
    if (!hearer) return next(call);
    try {
      const answer = await next(call);
      hearer?.(call.operation, true);
      return answer;
    } catch (error) {
      hearer?.(call.operation, false);
      throw error;
    }
  });
}

/** Who hears of every call from now on, or nobody. */
export function hearOf(one: Hearer | undefined): void {
  hearer = one;
}
