import { commit, LostRace } from '../../lib/aws/db.ts';
import { standing } from '../../lib/aws/place.ts';
import { react } from '../../lib/aws/react.ts';
import { forTenant } from '../../lib/aws/vouch.ts';
import { secret } from '../../lib/aws/world.ts';
import type { Schedule } from '../../lib/kit/context.ts';
import { platformId } from '../../lib/kit/id.ts';
import type { Write } from '../../lib/kit/plan.ts';
import { glance, look, type Moment } from '../../lib/probes/look.ts';
import { planOf } from '../../lib/probes/step.ts';
import { type Look, lookWrite } from '../../lib/probes/wheel.ts';
import { dueLooks, lookStanding, pulsesAt } from '../../lib/probes/wheel-store.ts';
import { rhythm } from './rhythm.ts';

const atOnce = 100;
const patienceMs = 40_000;
const writeMs = 5000;

/** Finds probes that fell silent: at a cost in proportion to those whose deadline may have passed, not to all. */
export const lookAtProbes: Schedule = {
  id: 'look-at-probes',
  every: 'cron(* * * * ? *)',
  impact: 'Nobody is told that a probe is down.',
  run: (now) => lookWithin(now, patienceMs),
};

/** Looks at what is due by now; throws, to be called again, where something failed or is left when the time is over. */
export async function lookWithin(now: string, milliseconds: number): Promise<void> {
  const deadline = Date.now() + milliseconds;
  const { silenceSeconds } = rhythm();
  const failures: unknown[] = [];
  let after: string | undefined;
  do {
    const { rows, next } = await dueLooks(now, { limit: atOnce, after });
    failures.push(...(await lookAt(rows, { now, silenceSeconds })));
    after = next ?? undefined;
  } while (after && Date.now() < deadline);
  if (failures.length > 0) throw failures[0];
  if (after) throw new Error('More probes are due than were looked at in time');
}

/** Customers beside each other, the probes of one after each other: they share a count. */
async function lookAt(rows: readonly Look[], at: Moment): Promise<unknown[]> {
  const seen = rows.length === 0 ? [] : await pulsesAt(rows, at);
  const late: Look[] = [];
  const moved = seen.map(({ row, pulse, twice }) => {
    const minute = glance(pulse, at);
    if (minute !== undefined)
      return forTenant(row.customerId, () => moveLook(row, twice ? undefined : minute));
    late.push(row);
    return undefined;
  });
  const customers = Map.groupBy(late, ({ customerId }) => customerId);
  const settled = await Promise.allSettled([
    ...moved,
    ...[...customers].map(([customerId, own]) => forTenant(customerId, () => inTurn(own, at))),
  ]);
  return settled.flatMap((one) => (one.status === 'rejected' ? [one.reason] : []));
}

async function inTurn(rows: readonly Look[], at: Moment): Promise<void> {
  const failures: unknown[] = [];
  for (const row of rows)
    await settle(row, at)
      .then((minute) => moveLook(row, minute))
      .catch((error: unknown) => failures.push(error));
  if (failures.length > 0) throw failures[0];
}

/** Writes what has become of a probe, bound to what was seen of it; says when it is looked at next. */
async function settle(row: Look, at: Moment): Promise<string | undefined> {
  let next: string | undefined;
  await react({ traceId: `look-at-probes ${at.now}` }, async () => {
    const { pulse, node, windows } = await lookStanding(row);
    const { step, minute } = look(pulse, { ...at, windows });
    const target = await standing(node);
    next = target && minute;
    if (!step || !target) return undefined;
    const actor = { id: 'probes', kind: 'system', home: platformId } as const;
    return { plan: planOf(step, {}), target, actor };
  });
  return next;
}

/** Moves a row to a later minute, or takes it out. A crash in between leaves both: a row too many does no harm. */
async function moveLook(row: Look, minute: string | undefined): Promise<void> {
  const { PK, SK } = row;
  const write = (one: Write) => commit([one], secret(24), Date.now() + writeMs);
  if (minute !== undefined) await write(lookWrite(row, minute));
  await write({ do: 'remove', key: { PK, SK } }).catch((error: unknown) => {
    // Another run has moved it.
    if (!(error instanceof LostRace)) throw error;
  });
}
