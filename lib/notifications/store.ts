import { each, get, getAll, page } from '../aws/db.ts';
import { ofNodes } from '../aws/vouch.ts';
import {
  alertKey,
  alertPrefix,
  deliveryKey,
  type Key,
  managementKey,
  memberKey,
  memberPrefix,
  meterKey,
  meterPrefix,
  nodeKey,
  noticeKey,
  partition,
  pulseKey,
  seatMeterKey,
  seatMeterPrefix,
  settingsKey,
  suppressionKey,
  suppressionPrefix,
} from '../kit/keys.ts';
import { emailHash } from '../kit/membership.ts';
import { type Alert, partsOf, probeOf, productOf, toAlert } from './alert.ts';
import { type Delivery, toDelivery } from './delivery.ts';
import type { Message } from './emails.ts';
import { toNotice } from './notice.ts';
import { type Suppression, suppression } from './suppression.ts';

type Raw = Record<string, unknown>;

async function all(range: { partition: string; prefix?: string; consistent?: boolean }): Promise<Raw[]> {
  const out: Raw[] = [];
  for await (const item of each({ ...range, limit: 200 })) out.push(item);
  return out;
}

/** A page of a customer's notices, newest first. */
export function noticePage(customerId: string, query: { limit: number; after: string | undefined }) {
  return page({
    partition: partition(customerId, 'NOTICE'),
    backwards: true,
    limit: query.limit,
    after: query.after,
  });
}

/** What a notice says, and every attempt to deliver it. */
export async function outgoing(
  tenantId: string,
  noticeId: string,
): Promise<{ message: Message | undefined; deliveries: Delivery[] }> {
  const items = await all({
    partition: partition(tenantId, 'DELIVERY'),
    prefix: `${noticeId}#`,
    consistent: true,
  });
  const message = items.find(({ kind }) => kind === 'message');
  return {
    message: message && { subject: String(message.subject), text: String(message.text) },
    deliveries: items.filter(({ kind }) => kind === 'delivery').map(toDelivery),
  };
}

/** One notice with its text and deliveries, in one round trip. */
export async function wholeNoticeOf(tenantId: string, noticeId: string) {
  const [item, rest] = await Promise.all([
    get(noticeKey(tenantId, noticeId), true),
    outgoing(tenantId, noticeId),
  ]);
  return { notice: item && toNotice(item), ...rest };
}

/** Everything that a notice about a customer is made from, in one round trip. */
export async function circumstances(of: {
  customerId: string;
  noticeId: string;
  /** Nodes whose notification settings are inherited, top first. */
  layers: readonly string[];
  meter: string;
  members: boolean;
  /** Another item that the notice speaks of. */
  beside?: Key | undefined;
  /** Whether the customer's communications setting is asked for. */
  management?: boolean;
}) {
  const { customerId, noticeId, layers, meter, beside } = of;
  const [[notice, node, ...rest], alerts, members] = await Promise.all([
    ofNodes([
      noticeKey(customerId, noticeId),
      nodeKey(customerId),
      ...layers.map((nodeId) => settingsKey(nodeId, 'NOTIFICATION')),
      ...(of.management ? [managementKey(customerId)] : []),
      ...(beside ? [beside] : []),
    ]),
    all({ partition: partition(customerId), prefix: `${alertPrefix}${meter}.`, consistent: true }),
    of.members ? membersOf(customerId) : [],
  ]);
  const settings = rest.slice(0, layers.length);
  const [management, ...more] = [...(of.management ? [] : [undefined]), ...rest.slice(layers.length)];
  return {
    ...{ exists: notice !== undefined, node, settings, management, beside: more[0] },
    ...{ alerts: alerts.map(toAlert), members },
  };
}

/** The notice, the node and a person of it: for a sample that the person asked for. */
export async function requester(of: { tenantId: string; noticeId: string; home: string; personId: string }) {
  const [notice, node, member] = await getAll(
    [noticeKey(of.tenantId, of.noticeId), nodeKey(of.tenantId), memberKey(of.home, of.personId)],
    true,
  );
  return { exists: notice !== undefined, node, member };
}

/** Whether a notice is told already, and the node it is about. */
export async function noticeAndNode(tenantId: string, noticeId: string) {
  const [notice, node] = await getAll([noticeKey(tenantId, noticeId), nodeKey(tenantId)], true);
  return { exists: notice !== undefined, node };
}

/** Where somebody who is a member of a node is reached; undefined where they are so no more. */
export async function addressOf(nodeId: string, personId: string): Promise<string | undefined> {
  const [member] = await getAll([memberKey(nodeId, personId)], true);
  return member?.state === 'ACTIVE' ? String(member.email) : undefined;
}

export function membersOf(customerId: string): Promise<Raw[]> {
  return all({ partition: partition(customerId), prefix: memberPrefix });
}

/** Which of these addresses get no more notices. */
export async function suppressedAmong(
  tenantId: string,
  recipientHashes: readonly string[],
): Promise<Set<string>> {
  const marks = await marksUnder(tenantId, recipientHashes);
  return new Set(marks.map(({ recipientHash }) => recipientHash));
}

/** A delivery that SES speaks of, its customer, and whether its address is suppressed already. */
export async function spokenOf(of: {
  tenantId: string;
  noticeId: string;
  recipientHash: string;
  attempt: number;
}) {
  const [delivery, suppressed, node] = await getAll(
    [
      deliveryKey(of.tenantId, of.noticeId, of),
      suppressionKey(of.tenantId, of.recipientHash),
      nodeKey(of.tenantId),
    ],
    true,
  );
  return { delivery: delivery && toDelivery(delivery), isSuppressed: suppressed !== undefined, node };
}

export async function deliveryOf(tenantId: string, of: Delivery): Promise<Delivery | undefined> {
  const item = await get(deliveryKey(tenantId, of.noticeId, of), true);
  return item && toDelivery(item);
}

export function suppressionPage(customerId: string, query: { limit: number; after: string | undefined }) {
  return page({ partition: partition(customerId), prefix: suppressionPrefix, ...query });
}

/** Every address of a customer that gets no more notices. */
export async function suppressionsOf(customerId: string): Promise<Suppression[]> {
  const marks = await all({ partition: partition(customerId), prefix: suppressionPrefix });
  return marks.map((mark) => suppression.parse(mark));
}

export async function suppressionOf(customerId: string, hash: string): Promise<Suppression | undefined> {
  const item = await get(suppressionKey(customerId, hash), true);
  return item && suppression.parse(item);
}

async function ledgerHeadOf(customerId: string): Promise<Raw | undefined> {
  const range = { partition: partition(customerId, 'ENTRY'), backwards: true, limit: 1, consistent: true };
  return (await page(range)).items[0];
}

/** Every meter of a customer with what is kept of its alerts: one round trip, and a second for the probes among them. */
export async function metersOf(customerId: string) {
  const [licences, seats, head, alerts] = await Promise.all([
    all({ partition: partition(customerId), prefix: meterPrefix, consistent: true }),
    all({ partition: partition(customerId), prefix: seatMeterPrefix, consistent: true }),
    ledgerHeadOf(customerId),
    all({ partition: partition(customerId), prefix: alertPrefix, consistent: true }),
  ]);
  const known = alerts.map(toAlert);
  return { licences, seats, head, alerts: known, pulses: await pulsesTold(customerId, known) };
}

/** The pulses of the probes that were ever told of or snoozed; no read where there are none. */
export async function pulsesTold(customerId: string, alerts: readonly Alert[]): Promise<Raw[]> {
  const told = alerts.flatMap(({ id }) => probeOf(id) ?? []);
  const found = await getAll(told.map((probeId) => pulseKey(customerId, probeId)));
  return found.filter((pulse) => pulse !== undefined);
}

/** The item that an alert's state stands on: a licence or seat meter, the newest entry of the ledger, or a probe's pulse. */
export function meterItemOf(customerId: string, alertId: string): Promise<Raw | undefined> {
  const { meter } = partsOf(alertId);
  const probeId = probeOf(alertId);
  if (probeId) return get(pulseKey(customerId, probeId), true);
  const productId = productOf(alertId);
  if (productId) return get(seatMeterKey(customerId, productId), true);
  return meter === 'CREDITS'
    ? ledgerHeadOf(customerId)
    : get(meterKey(customerId, meter.slice('LICENCE.'.length)), true);
}

export async function alertOf(customerId: string, alertId: string): Promise<Alert | undefined> {
  const item = await get(alertKey(customerId, alertId), true);
  return item && toAlert(item);
}

/** An alert with its meter's item, in one round trip. */
export async function alertAndMeter(customerId: string, alertId: string) {
  const [item, known] = await Promise.all([meterItemOf(customerId, alertId), alertOf(customerId, alertId)]);
  return { item, known };
}

/** What is kept of these addresses where they get no more notices. */
export const marksOf = (tenantId: string, addresses: readonly string[]) =>
  marksUnder(tenantId, addresses.map(emailHash));

async function marksUnder(tenantId: string, hashes: readonly string[]): Promise<Suppression[]> {
  const found = await getAll(
    [...new Set(hashes)].map((hash) => suppressionKey(tenantId, hash)),
    true,
  );
  return found.flatMap((item) => (item ? [suppression.parse(item)] : []));
}
