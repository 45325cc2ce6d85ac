import { anchorOf, anchorPlace, anchorText } from '../../lib/audit/anchor.ts';
import { type DueDay, daysDue, faultsOfDay, sealsSince, settleDay } from '../../lib/audit/day-store.ts';
import type { StoredSeal } from '../../lib/audit/seal.ts';
import { putOnce } from '../../lib/aws/anchors.ts';
import { log } from '../../lib/aws/log.ts';
import { count } from '../../lib/aws/metrics.ts';
import type { Schedule } from '../../lib/kit/context.ts';

const patienceMs = 40_000;
const hourMs = 3_600_000;
const atOnce = 20;
const mostTold = 100;
/** Parts of a day that is compared before the next is anchored: 10,000 entries or so. A larger day waits for all others. */
const partsAtOnce = 400;

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
  const fail = (error: unknown) => void failures.push(error);
  const large: { due: DueDay; parts: number }[] = [];
  let after: string | undefined;
  let left = false;
  do {
    const { days, next } = await daysDue(today, { limit: atOnce, after });
    for (const due of days) {
      left ||= Date.now() >= deadline;
      if (left) break;
      const parts = (await anchorDay(due, deadline).catch(fail)) ?? 0;
      if (parts > partsAtOnce) large.push({ due, parts });
    }
    after = next ?? undefined;
  } while (after && Date.now() < deadline);
  for (const { due } of large.toSorted((one, other) => one.parts - other.parts))
    await sealsSince(due)
      .then(({ all }) => compareDay(due, all, deadline))
      .catch(fail);
  if (failures.length > 0) throw failures[0];
  if (left || after) throw new Error('More is due than was anchored in time');
}

/** Answers how many parts there are to compare; a day of few is compared at once. */
async function anchorDay(due: DueDay, deadline: number): Promise<number> {
  const { rootId, day } = due;
  const { all, ofDay } = await sealsSince(due);
  if (!ofDay) {
    count('AuditBroken');
    throw new Error(`The seals of ${rootId} on ${day} are gone`);
  }
  const place = anchorPlace(rootId, day);
  if (!(await putOnce(place, anchorText(anchorOf(day, ofDay))))) {
    log().error('another anchor is there', { tenant: rootId, day, place });
    count('AuditBroken');
  }
  const parts = all.reduce((sum, { nodes }) => sum + nodes.length, 0);
  if (parts <= partsAtOnce) await compareDay(due, all, deadline);
  return parts;
}

/** What is found to be wrong is told, and anchored all the same: as evidence of what stood there. */
async function compareDay(due: DueDay, all: readonly StoredSeal[], deadline: number): Promise<void> {
  const { rootId, day } = due;
  const faults = await faultsOfDay(due, all, deadline);
  for (const { where, what } of faults.slice(0, mostTold))
    log().error('the audit does not verify', { tenant: rootId, day, where, what });
  if (faults.length > 0) count('AuditBroken');
  await settleDay(due, deadline);
}
