import { anchorOf, anchorPlace, anchorText } from '../../lib/audit/anchor.ts';
import { type DueDay, daysDue, faultsOfDay, sealsSince, settleDay } from '../../lib/audit/day-store.ts';
import { putOnce } from '../../lib/aws/anchors.ts';
import { log } from '../../lib/aws/log.ts';
import { count } from '../../lib/aws/metrics.ts';
import type { Schedule } from '../../lib/kit/context.ts';

const patienceMs = 40_000;
const hourMs = 3_600_000;
const atOnce = 20;
const mostTold = 100;

export const anchorSeals: Schedule = {
  id: 'anchor-seals',
  every: 'rate(1 hour)',
  impact: 'What was done yesterday is sealed, but whoever may write the table could still seal it anew.',
  run: (now) => anchorWithin(now, patienceMs),
};

/** Anchors every day that is over; throws, to be called again, where something failed or is left when the time is over. */
export async function anchorWithin(now: string, milliseconds: number): Promise<void> {
  const deadline = Date.now() + milliseconds;
  // Who began to seal before midnight has ended by then.
  const today = new Date(Date.parse(now) - hourMs).toISOString().slice(0, 10);
  const failures: unknown[] = [];
  let after: string | undefined;
  do {
    const { days, next } = await daysDue(today, { limit: atOnce, after });
    for (const due of days) await anchorDay(due, deadline).catch((error: unknown) => failures.push(error));
    after = next ?? undefined;
  } while (after && Date.now() < deadline);
  if (failures.length > 0) throw failures[0];
  if (after) throw new Error('More is due than was anchored in time');
}

/** What is found to be wrong is told and anchored all the same: as evidence of what stood there. */
async function anchorDay(due: DueDay, deadline: number): Promise<void> {
  const { rootId, day } = due;
  const { all, ofDay } = await sealsSince(due);
  if (!ofDay) {
    count('AuditBroken');
    throw new Error(`The seals of ${rootId} on ${day} are gone`);
  }
  await putOnce(anchorPlace(rootId, day), anchorText(anchorOf(day, ofDay)));
  const faults = await faultsOfDay(due, all);
  for (const { where, what } of faults.slice(0, mostTold))
    log().error('the audit does not verify', { tenant: rootId, day, where, what });
  if (faults.length > 0) count('AuditBroken');
  await settleDay(due, deadline);
}
