import { randomUUID } from 'node:crypto';
import { subscribers } from '../../functions/notifications/subscribers.ts';
import { commit, each } from '../../lib/aws/db.ts';
import { newId } from '../../lib/aws/world.ts';
import { ownEvents } from '../../lib/kit/context.ts';
import type { Envelope, EventType } from '../../lib/kit/event.ts';
import { envelopesOf } from '../../lib/kit/event.ts';
import { platformId } from '../../lib/kit/id.ts';
import { entryKey, type Key, meterKey, partition, settingsKey } from '../../lib/kit/keys.ts';
import type { Item } from '../../lib/kit/plan.ts';
import type { ReceivedMail } from '../kit/mailbox.ts';

/** Puts an item below the API. */
export const plant = (item: Item) => commit([{ do: 'create', item }], randomUUID(), Date.now() + 5000);
export const plantSettings = (nodeId: string, settings: Record<string, unknown>) =>
  plant({ ...settingsKey(nodeId, 'NOTIFICATION'), kind: 'notificationSettings', version: 1, ...settings });
export const plantMeter = (customerId: string, type: string, state: Record<string, unknown>) =>
  plant({ ...meterKey(customerId, type), kind: 'meter', type, enforcement: 'HARD', version: 1, ...state });
export const plantLedger = (customerId: string, head: Record<string, unknown>) =>
  plant({ ...entryKey(customerId, '0'), kind: 'entry', rearmPercent: 5, ...head });

export const within = async (key: { PK: string; prefix?: string }) => {
  const out: Record<string, unknown>[] = [];
  const range = {
    partition: key.PK,
    limit: 200,
    consistent: true,
    ...(key.prefix ? { prefix: key.prefix } : {}),
  };
  for await (const item of each(range)) out.push(item);
  return out;
};
export const receiptsOf = (nodeId: string) => within({ PK: partition(nodeId, 'AUDIT') });

/** An event as the bus brings it. */
export function happened<D>(
  type: EventType<D>,
  of: { providerId: string; customerId: string; at?: string; home?: string },
  data: NoInfer<D>,
): Envelope {
  return {
    id: newId('event', Date.now()),
    type: type.type,
    source: 'quartermaster',
    at: of.at ?? new Date().toISOString(),
    tenant: {
      id: of.customerId,
      providerId: of.providerId,
      path: [platformId, of.providerId, of.customerId],
    },
    actor: { id: 'per_00000000000000000000000000', kind: 'person', home: of.home ?? of.providerId },
    subject: of.customerId,
    data: type.data.parse(data),
    traceId: randomUUID(),
  };
}

/** Hands an event to the reaction that waits for it. */
export async function react(envelope: Envelope): Promise<void> {
  const found = subscribers.find((one) =>
    'source' in one.on
      ? one.on.detailTypes.includes(envelope.type)
      : ownEvents(one)?.some(({ type }) => type === envelope.type),
  );
  if (!found) throw new Error(`No reaction to ${envelope.type}`);
  await found.handle(envelope);
}

/** Takes the announced events of a node's newest receipts and hands on those of one type. */
export async function relay(nodeId: string, type: string): Promise<number> {
  const events = (await receiptsOf(nodeId)).flatMap(envelopesOf).filter((one) => one.type === type);
  for (const event of events) await react(event);
  return events.length;
}

/** What SES tells of a mail. */
export async function sesTells(
  mail: ReceivedMail,
  type: string,
  more: Record<string, unknown> = {},
): Promise<void> {
  const tags = Object.fromEntries(Object.entries(mail.tags).map(([name, value]) => [name, [value]]));
  await react({
    id: randomUUID(),
    type,
    source: 'quartermaster',
    at: new Date().toISOString(),
    tenant: { id: '', providerId: '', path: [] },
    actor: { id: 'aws.ses', kind: 'system', home: '' },
    subject: '',
    data: {
      eventType: type,
      mail: {
        messageId: mail.messageId,
        destination: mail.to,
        tags: { ...tags, 'ses:configuration-set': ['alerts'] },
      },
      ...more,
    },
    traceId: randomUUID(),
  });
}

export const permanentBounce = {
  bounce: { bounceType: 'Permanent', bounceSubType: 'General', bouncedRecipients: [] },
};

export const at = (used: number, allocated: number, thresholds: readonly number[]) => ({
  meter: 'LICENCE.DEVICE',
  value: (used * 100) / allocated,
  limit: allocated,
  resourceType: 'DEVICE' as const,
  allocated,
  used,
  usedPercent: (used * 100) / allocated,
  remaining: Math.max(0, allocated - used),
  thresholds: thresholds.map((one) => ({ id: String(one), at: one })),
});

export const below = (balance: number, levels: readonly number[]) => ({
  meter: 'CREDITS',
  value: balance,
  limit: 50,
  thresholds: levels.map((one) => ({ id: `below-${one}`, at: one })),
});

export type { Key };
