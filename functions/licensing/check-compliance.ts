import { toNode } from '../../lib/aws/auth.ts';
import { react } from '../../lib/aws/react.ts';
import { forTenant } from '../../lib/aws/vouch.ts';
import type { Schedule } from '../../lib/kit/context.ts';
import { platformId } from '../../lib/kit/id.ts';
import type { Node } from '../../lib/kit/scope.ts';
import { checkCompliance as check, dropDue, isDue, type LicenceDue } from '../../lib/licensing/compliance.ts';
import { dueStanding, licencesDue } from '../../lib/licensing/seat-store.ts';

const atOnce = 50;
const patienceMs = 40_000;

/** Finds licences that end and seats beyond them: at a cost in proportion to what is due, not to all. */
export const checkCompliance: Schedule = {
  id: 'check-compliance',
  every: 'rate(1 hour)',
  impact:
    'Nobody is told that licences of customers end, or that machines run without one; months of MSP licences are not closed.',
  run: (now) => checkWithin(now, patienceMs),
};

/** Looks at what is due by now; throws, to be called again, where something failed or is left when the time is over. */
export async function checkWithin(now: string, milliseconds: number): Promise<void> {
  const deadline = Date.now() + milliseconds;
  const failures: unknown[] = [];
  let after: string | undefined;
  do {
    const { notes, next } = await licencesDue(now, { limit: atOnce, after });
    const done = await Promise.allSettled(
      notes.map((note) => forTenant(note.customerId, () => checkOne(note, now))),
    );
    failures.push(...done.flatMap((one) => (one.status === 'rejected' ? [one.reason] : [])));
    after = next ?? undefined;
  } while (after && Date.now() < deadline);
  if (failures.length > 0) throw failures[0];
  if (after) throw new Error('More licences are due than were looked at in time');
}

/** A note that the meter has left behind goes; what another run has done meanwhile is left alone. */
function checkOne(note: LicenceDue, startedAt: string): Promise<void> {
  const actor = { id: 'licensing', kind: 'system', home: platformId } as const;
  return react({ traceId: `check-compliance ${startedAt}` }, async (now) => {
    const { meter, node, waits } = await dueStanding(note, now);
    if (!waits) return undefined;
    const target = toNode(node);
    const gone = { id: note.customerId, path: [], type: 'CUSTOMER' } as unknown as Node;
    if (!target) return { plan: dropDue(note, meter), target: gone, actor };
    if (!meter || !isDue(meter, note)) return { plan: dropDue(note, undefined), target, actor };
    return { plan: check(meter, now), target, actor };
  });
}
