import { toNode } from '../../lib/aws/auth.ts';
import { react } from '../../lib/aws/react.ts';
import { forTenant } from '../../lib/aws/vouch.ts';
import { bookDue, type DueLots } from '../../lib/credits/expiry.ts';
import { dueBy, dueStanding } from '../../lib/credits/reaction-store.ts';
import type { Schedule } from '../../lib/kit/context.ts';
import { platformId } from '../../lib/kit/id.ts';
import type { Node } from '../../lib/kit/scope.ts';

const atOnce = 50;
const patienceMs = 40_000;

export const bookExpiries: Schedule = {
  id: 'book-expiries',
  every: 'rate(1 hour)',
  impact: 'Nobody is mailed when expired credits leave a balance too low.',
  run: (now) => bookWithin(now, patienceMs),
};

/** Books what is due by now; throws, to be called again, where something failed or is left when the time is over. */
export async function bookWithin(now: string, milliseconds: number): Promise<void> {
  const deadline = Date.now() + milliseconds;
  const failures: unknown[] = [];
  let after: string | undefined;
  do {
    const { notes, next } = await dueBy(now, { limit: atOnce, after });
    const customers = Map.groupBy(notes, ({ customerId }) => customerId);
    const booked = await Promise.allSettled(
      [...customers].map(([customerId, own]) => forTenant(customerId, () => bookFor(customerId, own, now))),
    );
    failures.push(...booked.flatMap((one) => (one.status === 'rejected' ? [one.reason] : [])));
    after = next ?? undefined;
  } while (after && Date.now() < deadline);
  if (failures.length > 0) throw failures[0];
  if (after) throw new Error('More is due than was booked in time');
}

/** A customer that is gone has nothing to book: its notes go. What another run has done meanwhile is left alone. */
function bookFor(customerId: string, due: readonly DueLots[], startedAt: string): Promise<void> {
  const actor = { id: 'credits', kind: 'system', home: platformId } as const;
  return react({ traceId: `book-expiries ${startedAt}` }, async (now, again) => {
    const { ledger, node, notes } = await dueStanding(customerId, due, again);
    const found = toNode(node);
    const target = found ?? ({ id: customerId, path: [], type: 'CUSTOMER' } as unknown as Node);
    return { plan: bookDue(found && ledger, notes, { actor, now }), target, actor };
  });
}
