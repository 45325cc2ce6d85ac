import * as z from 'zod';
import { announce } from '../kit/event.ts';
import { expectVersion, type Plan, refuse } from '../kit/plan.ts';
import { malformed, notFound, Problem } from '../kit/problem.ts';
import { id, instant, paragraph } from '../kit/text.ts';
import { type Alert, alertItem, type Snooze, snoozeAt } from './alert.ts';
import { alertSnoozed, snoozeEnded } from './events.ts';

export const newSnooze = z.strictObject({
  until: instant.describe('In the future, at most ten years ahead'),
  reason: paragraph(500),
  ticketId: id('ticket').optional(),
});

export const snoozeView = z.strictObject({
  alertId: z.string(),
  until: z.string(),
  since: z.string(),
  by: z.string().describe('Who snoozed it'),
  reason: z.string().nullable(),
  ticketId: z.string().nullable(),
});

const viewSnooze = (alertId: string, snooze: Snooze): z.infer<typeof snoozeView> => ({ alertId, ...snooze });
const longestMs = 3653 * 86_400_000;

interface State {
  readonly tenantId: string;
  readonly alertId: string;
  readonly known: Alert | undefined;
}

/** Tells nobody of an alert until a time; snoozing again sets another time. */
export function snooze(
  { tenantId, alertId, known }: State,
  command: z.output<typeof newSnooze>,
  by: { personId: string; now: string },
): Plan<z.infer<typeof snoozeView>> {
  const { until, reason, ticketId } = command;
  if (until <= by.now || Date.parse(until) > Date.parse(by.now) + longestMs) {
    const errors = [{ pointer: '#/until', message: 'must be in the future, at most ten years ahead' }];
    throw new Problem(malformed, '#/until must be in the future, at most ten years ahead', { errors });
  }
  const set: Snooze = { until, since: by.now, by: by.personId, reason, ticketId: ticketId ?? null };
  const before = snoozeAt(known, by.now);
  const version = (known?.version ?? 0) + 1;
  const item = alertItem(tenantId, {
    id: alertId,
    version,
    snooze: set,
    lastNotice: known?.lastNotice ?? null,
  });
  return {
    writes: [known ? { do: 'replace', version: known.version, item } : { do: 'create', item }],
    receipt: {
      action: 'alerts.snooze',
      subject: alertId,
      ...(before ? { before: { until: before.until } } : {}),
      after: { until },
      reason,
      ticketId,
    },
    announcements: [announce(alertSnoozed, tenantId, { alertId, until })],
    reply: { body: viewSnooze(alertId, set), version },
  };
}

/** The snooze in force, or nothing here. */
export function readSnooze({ alertId, known }: State, now: string): Plan<z.infer<typeof snoozeView>> {
  const found = snoozeAt(known, now);
  if (!found || !known) return refuse(notFound);
  return { writes: [], reply: { body: viewSnooze(alertId, found), version: known.version } };
}

/** Lets an alert tell again. */
export function endSnooze(
  { tenantId, alertId, known }: State,
  by: { ifMatch: string | undefined; now: string },
): Plan {
  const found = snoozeAt(known, by.now);
  if (!found || !known) return refuse(notFound);
  expectVersion(by.ifMatch, known.version);
  const item = alertItem(tenantId, { ...known, snooze: null, version: known.version + 1 });
  return {
    writes: [{ do: 'replace', version: known.version, item }],
    receipt: { action: 'alerts.end_snooze', subject: alertId, before: { until: found.until } },
    announcements: [announce(snoozeEnded, tenantId, { alertId, because: 'TAKEN_BACK' })],
    reply: { status: 204 },
  };
}
