import { client } from '../../lib/aws/db.ts';

/** Told of a call of the store that has ended, and whether it was done. */
export type Hearer = (command: string, done: boolean) => void;

let hearer: Hearer | undefined;
let listening = false;

/** Calls can be heard from now on. The client keeps its middleware after its first call: listen before that. */
export function listenToAll(): void {
  if (listening) return;
  listening = true;
  client().middlewareStack.add(
    (next, { commandName = '' }) =>
      async (args) => {
        if (!hearer) return next(args);
        try {
          const answer = await next(args);
          hearer?.(commandName, true);
          return answer;
        } catch (error) {
          hearer?.(commandName, false);
          throw error;
        }
      },
    { step: 'initialize', name: 'hear' },
  );
}

/** Who hears of every call from now on, or nobody. */
export function hearOf(one: Hearer | undefined): void {
  hearer = one;
}
