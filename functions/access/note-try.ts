import { countWrong, importsThemselves, noteObstacle } from '../../lib/access/confirmation.ts';
import type { ImportObstacle } from '../../lib/access/import.ts';
import { behind } from '../../lib/access/import-store.ts';
import { type Opened, opened } from '../../lib/access/opened.ts';
import { commit, LostRace } from '../../lib/aws/db.ts';
import { settle } from '../../lib/aws/settle.ts';
import { backoff, now, secret } from '../../lib/aws/world.ts';
import type { Plan } from '../../lib/kit/plan.ts';
import type { Actor, Node } from '../../lib/kit/scope.ts';

const patienceMs = 2000;

/** Writes what a try to answer came to, though the try itself is refused; nothing where the link leads nowhere any more. */
async function keep(
  token: string,
  requestId: string,
  what: (from: Opened, at: string) => { plan: Plan; target: Node; actor: Actor },
): Promise<Opened | undefined> {
  const deadline = Date.now() + patienceMs;
  for (let attempt = 0; ; attempt++) {
    const at = now();
    const from = opened(await behind(token), at);
    if (!from) return undefined;
    const { plan, ...by } = what(from, at);
    try {
      if (plan.writes.length > 0) {
        await commit(settle(plan, { ...by, now: at, requestId }), secret(24), deadline);
      }
      return from;
    } catch (error) {
      if (!(error instanceof LostRace) || Date.now() > deadline) throw error;
      await backoff(attempt);
    }
  }
}

/** Somebody signed in as another person has the link: counted with wrong addresses, and told to the customer. */
export const noteStranger = (token: string, actor: Actor, requestId: string): Promise<unknown> =>
  keep(token, requestId, (from, at) => ({
    ...{ plan: countWrong(from, 'ANOTHER_ACCOUNT', at), target: from.customer, actor },
  }));

/** The partner is told since when, and what of its own side stands in the way. Undefined: the link is dead by now. */
export const noteHindered = (token: string, obstacle: ImportObstacle, requestId: string) =>
  keep(token, requestId, (from, at) => ({
    ...{ plan: noteObstacle(from, obstacle, at), target: from.partner, actor: importsThemselves },
  }));
