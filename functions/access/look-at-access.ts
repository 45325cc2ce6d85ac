import { drop, isDue, tellEnd } from '../../lib/access/look.ts';
import { type AccessDue, accessDue, dueStanding } from '../../lib/access/store.ts';
import { standing } from '../../lib/aws/place.ts';
import { react } from '../../lib/aws/react.ts';
import { forTenant } from '../../lib/aws/vouch.ts';
import type { Schedule } from '../../lib/kit/context.ts';
import { platformId } from '../../lib/kit/id.ts';
import type { Node } from '../../lib/kit/scope.ts';

const atOnce = 50;
const patienceMs = 40_000;

/** Finds access that ends in 14 or 3 days or has ended: at a cost in proportion to what is due, not to all. */
export const lookAtAccess: Schedule = {
  id: 'look-at-access',
  every: 'rate(1 hour)',
  impact: 'Nobody is told that the access to a customer’s console ends soon, or has ended.',
  run: (now) => lookWithin(now, patienceMs),
};

/** Looks at what is due by now; throws, to be called again, where something failed or is left when the time is over. */
export async function lookWithin(now: string, milliseconds: number): Promise<void> {
  const deadline = Date.now() + milliseconds;
  const failures: unknown[] = [];
  let after: string | undefined;
  do {
    const { notes, next } = await accessDue(now, { limit: atOnce, after });
    const done = await Promise.allSettled(
      notes.map((note) => forTenant(note.customerId, () => lookAt(note, now))),
    );
    failures.push(...done.flatMap((one) => (one.status === 'rejected' ? [one.reason] : [])));
    after = next ?? undefined;
  } while (after && Date.now() < deadline);
  if (failures.length > 0) throw failures[0];
  if (after) throw new Error('More access is due than was looked at in time');
}

/** A note that its grant has left behind goes; what another run has done meanwhile is left alone. */
function lookAt(note: AccessDue, now: string): Promise<void> {
  const actor = { id: 'access', kind: 'system', home: platformId } as const;
  return react({ traceId: `look-at-access ${now}` }, async () => {
    const { grant, node, waits } = await dueStanding(note);
    if (!waits) return undefined;
    const target = await standing(node);
    const gone = { id: note.customerId, path: [], type: 'CUSTOMER' } as unknown as Node;
    if (!target || !isDue(grant, note)) return { plan: drop(note), target: target ?? gone, actor };
    return { plan: tellEnd(grant, target, now), target, actor };
  });
}
