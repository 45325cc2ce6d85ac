import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { envelopesOf } from '../../lib/kit/event.ts';
import { partition } from '../../lib/kit/keys.ts';
import { type Mailbox, openMailbox } from '../kit/mailbox.ts';
import { plantCreditSystem } from '../kit/plant.ts';
import { addCustomer, type Caller, call, type Msp, makeMsp } from '../kit/world.ts';
import { react, receiptsOf, within } from './scene.ts';

let box: Mailbox;
let msp: Msp;
let customer: { id: string; admin: Caller };
let handed: Set<string>;

beforeAll(async () => {
  box = await openMailbox();
  msp = await makeMsp();
  await plantCreditSystem(msp.id);
  await call('PUT /v1/licence-pool/DEVICE', {
    as: msp.catalog,
    body: { licensed: 1000 },
    headers: { 'if-match': '*' },
  });
});
afterAll(() => box.close());
beforeEach(async () => {
  customer = await addCustomer(msp);
  box.mails.length = 0;
  handed = new Set();
});

/** Hands on, twice each, what was announced since the last time to whoever mails; answers the subjects mailed. */
async function mailed(): Promise<string[]> {
  const before = box.mails.length;
  const items = [
    ...(await receiptsOf(customer.id)),
    ...(await within({ PK: partition(customer.id, 'ENTRY') })),
  ];
  const types = /^(licensing\.allocation_(threshold|recovered)|licensing\.test_notice|credits\.balance_)/;
  for (const event of items.flatMap(envelopesOf)) {
    if (!types.test(event.type) || handed.has(event.id)) continue;
    handed.add(event.id);
    await react(event);
    await react(event);
  }
  return box.mails.slice(before).map(({ subject }) => subject.replace(/^.*?: /, ''));
}

const at = () => `/v1/customers/${customer.id}`;
const send = async (line: string, body: unknown, as = msp.catalog, key?: string) => {
  const { status, body: answer } = await call(line, {
    as,
    body,
    headers: { 'if-match': '*' },
    ...(key ? { key } : {}),
  });
  expect(status, JSON.stringify(answer)).toBeLessThan(300);
  return answer;
};

describe('what the other contexts announce arrives as mail', () => {
  const limit = (count: number) =>
    send(`PUT ${at()}/licences`, {
      model: 'ALLOCATED',
      allocations: { DEVICE: { limit: count, enforcement: 'SOFT' } },
    });
  const add = (count: number) =>
    send(`POST ${at()}/items`, {
      items: Array.from({ length: count }, (_, n) => ({ type: 'DEVICE', name: `switch-${n}` })),
    });

  it('licences: reached, recovered by a higher limit, reached again', async () => {
    await limit(10);
    await add(7);
    expect(await mailed()).toEqual([]);
    await add(4);
    expect(await mailed()).toEqual(['110 % of DEVICE licences in use']);
    await limit(13);
    expect(await mailed()).toEqual(['DEVICE licences back below 100 %']);
    await add(2);
    expect(await mailed()).toEqual(['100 % of DEVICE licences in use']);
    const { body } = await call(`GET ${at()}/alerts`, { as: msp.reader });
    expect(body.items.map(({ id, state }: { id: string; state: string }) => `${id} ${state}`)).toEqual([
      'LICENCE.DEVICE.80 FIRED',
      'LICENCE.DEVICE.100 FIRED',
    ]);
    const explained = await call(`GET ${at()}/alerts/LICENCE.DEVICE.100/explanation`, { as: msp.reader });
    expect(explained.body.lastNotice.deliveries).toMatchObject([{ state: 'SENT' }]);
  });

  it('credits: trace G, to the customer’s administrator', async () => {
    await send(`PATCH ${at()}/credits/settings`, { alertLimit: 50 });
    await send(`POST ${at()}/credits/grants`, { amount: 100, reason: 'Start' });
    await mailed();
    box.mails.length = 0;
    const debit = (amount: number) =>
      send(`POST ${at()}/credits/debits`, { amount, reason: 'Service' }, msp.catalog, randomUUID());
    await debit(40);
    expect(await mailed()).toEqual([]);
    await debit(60);
    expect(await mailed()).toEqual(['credit balance below 50']);
    await debit(15);
    expect(await mailed()).toEqual(['credit balance below zero']);
    await send(`POST ${at()}/credits/grants`, { amount: 115, reason: 'More' });
    expect(await mailed()).toEqual(['credit balance no longer below 50 and below zero']);
    await debit(115);
    expect(await mailed()).toEqual(['credit balance below 50 and below zero']);
    expect(box.mails.every(({ to }) => to[0] === customer.admin.email)).toBe(true);
  });

  it('a sample goes to whoever asked for it', async () => {
    await limit(10);
    await send(`POST ${at()}/notification-settings/send-to-me`, {});
    await mailed();
    expect(box.mails.map(({ to }) => to)).toEqual([[msp.catalog.email]]);
  });
});
