import * as z from 'zod';
import { inherit, type NoticeLayer } from '../kit/inherit.ts';
import { refuse } from '../kit/plan.ts';
import { notFound } from '../kit/problem.ts';
import { canonicalEmail } from '../kit/text.ts';
import { type Alert, isByDays, partsOf, probeOf, productOf, snoozeAt } from './alert.ts';
import { type Delivery, deliveryView, viewDelivery } from './delivery.ts';
import {
  type AlertView,
  alertsIn,
  alertView,
  type Reading,
  toCreditReading,
  toLicenceReading,
  toProbeReading,
  toSeatReading,
} from './meters.ts';
import { type Notice, noticeView, viewNotice } from './notice.ts';
import { communicated, creditRecipients, licenceRecipients, toLayers } from './settings.ts';
import { snoozeView } from './snooze.ts';
import type { Suppression } from './suppression.ts';

type Raw = Readonly<Record<string, unknown>>;

export const explanation = z.strictObject({
  alert: alertView,
  because: z.array(z.string()).describe('Why it fired or did not, and why it told nobody, in sentences'),
  lastEvaluation: z.strictObject({
    at: z.string().nullable().describe('When the meter changed last'),
    value: z.number().nullable().describe('Percent used, or the balance; null without a limit'),
    used: z.number().nullable(),
    limit: z.number().nullable(),
  }),
  thresholds: z
    .array(
      z.strictObject({ ...alertView.shape, rearm: z.number().describe('Back across this it tells again') }),
    )
    .describe('All thresholds of the meter'),
  enabled: z
    .boolean()
    .describe('Licence notices are switched on; those of credits, seats and probes always are'),
  recipients: z.array(
    z.strictObject({
      recipient: z.string(),
      suppressed: z.enum(['BOUNCED', 'COMPLAINED']).nullable().describe('Why it gets no mail'),
    }),
  ),
  recipientsFrom: z.enum(['SETTINGS', 'ACCOUNT_MANAGER', 'ADMINISTRATORS', 'COMMUNICATIONS']),
  snooze: snoozeView.nullable(),
  lastNotice: z.strictObject({ ...noticeView.shape, deliveries: z.array(deliveryView) }).nullable(),
});
export type Explanation = z.infer<typeof explanation>;

export interface Evidence {
  readonly alertId: string;
  readonly now: string;
  /** The customer's node. */
  readonly node: Raw;
  /** The licence meter, the ledger's newest entry, or the probe's pulse. */
  readonly item: Raw | undefined;
  /** Who manages the customer, for alerts of seats. */
  readonly management?: Raw | undefined;
  readonly known: Alert | undefined;
  readonly members: readonly Raw[];
  readonly layers: readonly (Raw | undefined)[];
  readonly suppressed: readonly Suppression[];
  readonly last: { notice: Notice | undefined; deliveries: readonly Delivery[] } | undefined;
}

/** Why an alert fired or did not: every fact that decided it. */
export function explain(evidence: Evidence): Explanation {
  const { alertId, now, known, node, last } = evidence;
  const layers = toLayers(evidence.layers);
  const settings = inherit(layers);
  const reading = readingOf(alertId, evidence.item, layers) ?? refuse(notFound);
  const unevaluated = Object.fromEntries(reading.configured.map((id) => [id, null]));
  const all = alertsIn(
    { ...reading, bands: { ...unevaluated, ...reading.bands } },
    known ? [known] : [],
    now,
  );
  const found = all.find(({ id }) => id === alertId) ?? refuse(notFound);
  const ofCredits = reading.meter === 'CREDITS';
  const ofSeats = productOf(alertId) !== undefined;
  const addresses = ofSeats
    ? communicated(settings, evidence)
    : ofCredits
      ? creditRecipients(evidence.members)
      : licenceRecipients(settings, node);
  const recipients = addresses.map((recipient) => ({
    recipient,
    suppressed: evidence.suppressed.find((one) => isSame(one.recipient, recipient))?.because ?? null,
  }));
  const snooze = snoozeAt(known, now);
  const ofProbe = probeOf(alertId) !== undefined;
  const enabled = ofCredits || ofProbe || ofSeats || settings.enabled;
  return {
    alert: found,
    because: [
      ...(ofProbe ? outageOf(found, reading) : reasonsOf(found, reading)),
      ...(enabled ? unheardOf(found, reading) : ['Notices are switched off.']),
      ...(snooze ? [`It is snoozed until ${snooze.until}.`] : []),
      ...(recipients.some((one) => !one.suppressed)
        ? []
        : ['Nobody can be mailed: it has no recipient left.']),
    ],
    lastEvaluation: { at: reading.at, value: reading.value, used: reading.used, limit: reading.limit },
    thresholds: all.map((one) => ({ ...one, rearm: rearmOf(one, reading) })),
    enabled,
    recipients,
    recipientsFrom: ofSeats
      ? 'COMMUNICATIONS'
      : ofCredits
        ? 'ADMINISTRATORS'
        : settings.recipients
          ? 'SETTINGS'
          : 'ACCOUNT_MANAGER',
    snooze: snooze ? { alertId, ...snooze } : null,
    lastNotice: last?.notice
      ? { ...viewNotice(last.notice), deliveries: last.deliveries.map(viewDelivery) }
      : null,
  };
}

/** The meter of an alert; undefined when nothing is measured there. */
export function readingOf(
  alertId: string,
  item: Raw | undefined,
  layers: readonly NoticeLayer[] = [],
): Reading | undefined {
  if (!item) return undefined;
  if (probeOf(alertId)) return toProbeReading(item);
  if (productOf(alertId)) return toSeatReading(item);
  return alertId.startsWith('CREDITS.') ? toCreditReading(item) : toLicenceReading(item, layers);
}

function unheardOf({ id }: AlertView, { bands }: Reading): string[] {
  return partsOf(id).thresholdId in bands ? [] : ['Its threshold has not been evaluated yet.'];
}

const isSame = (a: string, b: string) => canonicalEmail(a) === canonicalEmail(b);

const rearmOf = ({ id, threshold }: AlertView, reading: Reading) =>
  reading.rearmOf(threshold, partsOf(id).thresholdId);

function outageOf({ since }: AlertView, { value, at }: Reading): string[] {
  if (since !== null)
    return [`It fired: the probe is down since ${since}. It tells again once it was heard.`];
  if (value === 0) return ['It has not fired: the probe is not down.'];
  return [
    `It has not fired, though the probe is down since ${at}: a maintenance window keeps that from being told until it ends.`,
  ];
}

function reasonsOf(alert: AlertView, reading: Reading): string[] {
  const { threshold, since } = alert;
  const { meter } = reading;
  const byDays = isByDays(partsOf(alert.id).thresholdId);
  const value = byDays ? (reading.daysLeft ?? null) : reading.value;
  if (value === null && byDays)
    return ['It has not fired: too little was consumed to tell how long the balance lasts.'];
  if (value === null) return ['There is no limit to compare with.'];
  const rearm = rearmOf(alert, reading);
  const unit = byDays ? ' days left' : '';
  const crossed = meter === 'CREDITS' ? value < threshold : value >= threshold;
  const side = meter === 'CREDITS' ? ['below', 'not below'] : ['at or above', 'below'];
  if (since === null && crossed)
    return [`It has not fired, though ${value}${unit} is ${side[0]} ${threshold}.`];
  if (since === null) return [`It has not fired: ${value}${unit} is ${side[1]} ${threshold}.`];
  return crossed
    ? [
        `It fired at ${since}: ${value}${unit} is ${side[0]} ${threshold}. It tells again once ${rearm} was crossed back.`,
      ]
    : [`It fired at ${since}. ${value}${unit} is ${side[1]} ${threshold}, but not yet back across ${rearm}.`];
}
