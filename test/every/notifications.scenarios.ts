import { randomUUID } from 'node:crypto';
import { newId } from '../../lib/aws/world.ts';
import { suppressionKey } from '../../lib/kit/keys.ts';
import { emailHash } from '../../lib/kit/membership.ts';
import type { Item } from '../../lib/kit/plan.ts';
import { tell } from '../../lib/notifications/notice.ts';
import { addCustomer, call, makeMsp } from '../kit/world.ts';
import { plant } from './planting.ts';
import type { Request, Scenario, Scenarios } from './scenarios.ts';

const alert = 'LICENCE.DEVICE.80';
const any = { 'if-match': '*' };
const address = 'ops@msp.example.com';
const addressId = emailHash(address);

/** A customer that uses 9 of 10 licences, which three people have been told. */
async function warned() {
  const msp = await makeMsp();
  const { id } = await addCustomer(msp);
  const path = `/v1/customers/${id}`;
  const send = (line: string, body: unknown) => call(line, { as: msp.catalog, body, headers: any });
  await send('PUT /v1/licence-pool/DEVICE', { licensed: 1000 });
  const allocations = { DEVICE: { limit: 10 } };
  await send(`PUT ${path}/licences`, { model: 'ALLOCATED', allocations });
  await send(`POST ${path}/items`, {
    items: Array.from({ length: 9 }, (_, index) => ({ type: 'DEVICE', name: `switch-${index}` })),
  });
  return { msp, id, path, noticeId: await plantNotice(id) };
}

/** A notice as the reaction to an event records it, with every delivery made. */
async function plantNotice(customerId: string): Promise<string> {
  const now = new Date().toISOString();
  const plan = tell(
    {
      tenantId: customerId,
      eventId: newId('event', Date.now()),
      kind: 'REACHED',
      at: now,
      alerts: [alert],
      message: { subject: '90 % of 10 devices in use', text: 'Nine of ten licences are in use. '.repeat(10) },
      recipients: [address, 'manager@msp.example.com', 'admin@customer.example.com'],
      known: [],
    },
    now,
  );
  const items = plan.writes.flatMap((write) => (write.do === 'create' ? [write.item] : []));
  await plant(items.map((item): Item => (item.kind === 'delivery' ? delivered(item) : item)));
  return String(items.find(({ kind }) => kind === 'notice')?.id);
}

function delivered({ leaseUntil: _none, ...item }: Item): Item {
  return { ...item, state: 'DELIVERED', messageId: randomUUID() } as unknown as Item;
}

async function suppress(customerId: string, noticeId: string): Promise<void> {
  await plant([
    {
      ...suppressionKey(customerId, addressId),
      kind: 'suppression',
      recipient: address,
      recipientHash: addressId,
      because: 'BOUNCED',
      noticeId,
      at: new Date().toISOString(),
      version: 1,
    },
  ]);
}

const read =
  (rest: (noticeId: string) => string): Scenario =>
  async () => {
    const { msp, id, path, noticeId } = await warned();
    await suppress(id, noticeId);
    return { line: `GET ${path}${rest(noticeId)}`, as: msp.reader };
  };

async function snoozed(): Promise<{ path: string; sent: Request; reader: Request['as'] }> {
  const { msp, path } = await warned();
  const until = new Date(Date.now() + 86_400_000).toISOString();
  const line = `POST ${path}/alerts/${alert}/snooze`;
  return {
    path,
    sent: { line, as: msp.catalog, body: { until, reason: 'Known: new licences are ordered' } },
    reader: msp.reader,
  };
}

export const notifications: Scenarios = {
  listNotices: read(() => '/notices'),
  getNotice: read((noticeId) => `/notices/${noticeId}`),
  resendNotice: async () => {
    const { msp, path, noticeId } = await warned();
    return { line: `POST ${path}/notices/${noticeId}/resend`, as: msp.catalog };
  },
  listAlerts: read(() => '/alerts'),
  explainAlert: read(() => `/alerts/${alert}/explanation`),
  snoozeAlert: async () => (await snoozed()).sent,
  getSnooze: async () => {
    const { path, sent, reader } = await snoozed();
    await call(sent.line, sent);
    return { line: `GET ${path}/alerts/${alert}/snooze`, ...(reader ? { as: reader } : {}) };
  },
  endSnooze: async () => {
    const { path, sent } = await snoozed();
    await call(sent.line, sent);
    const line = `DELETE ${path}/alerts/${alert}/snooze`;
    return { line, headers: any, ...(sent.as ? { as: sent.as } : {}) };
  },
  listSuppressedAddresses: read(() => '/suppressed-addresses'),
  getSuppressedAddress: read(() => `/suppressed-addresses/${addressId}`),
  releaseSuppressedAddress: async () => {
    const { msp, id, path, noticeId } = await warned();
    await suppress(id, noticeId);
    return { line: `DELETE ${path}/suppressed-addresses/${addressId}`, as: msp.catalog, headers: any };
  },
};
