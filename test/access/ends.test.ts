import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lookWithin as lookWithinItself } from '../../functions/access/look-at-access.ts';
import { each } from '../../lib/aws/db.ts';
import { platformId } from '../../lib/kit/id.ts';
import { partition } from '../../lib/kit/keys.ts';
import { listen, measure } from '../kit/cost.ts';
import { announcedBy, deliver } from '../kit/deliver.ts';
import { type Mailbox, openMailbox } from '../kit/mailbox.ts';
import { addCustomer, byClock, call, type Msp, makeMsp } from '../kit/world.ts';
import { deskOf, inDays, newDesk } from './desk.ts';

const lookWithin = byClock('access', lookWithinItself);

let msp: Msp;
let mailbox: Mailbox;
beforeAll(async () => {
  listen();
  mailbox = await openMailbox();
  msp = await makeMsp();
});
afterAll(() => mailbox.close());

async function notesOf(customerId: string): Promise<string[]> {
  const out: string[] = [];
  const range = { partition: partition(platformId, 'ACCESS_DUE'), limit: 200, consistent: true };
  for await (const item of each(range))
    if (item.customerId === customerId) out.push(String(item.SK).split('#')[0] ?? '');
  return out;
}

const ends = async (customerId: string) =>
  (await announcedBy(customerId))
    .filter(({ type }) => type === 'access.ends.v1')
    .map(({ data }) => (data as { withinDays: number }).withinDays);

describe('the end of what is given', () => {
  it('is told 14 and 3 days before and when it has come, once each, to the second', async () => {
    const desk = await newDesk(msp, { endsInDays: 100 });
    const second = (days: number, off: number) =>
      new Date(Date.parse(inDays(days)) + off * 1000).toISOString();
    expect(await notesOf(desk.id)).toEqual([inDays(86)]);
    for (const [days, told] of [
      [86, [14]],
      [97, [14, 3]],
      [100, [14, 3, 0]],
    ] as const) {
      const before = await ends(desk.id);
      await lookWithin(second(days, -1), 20_000);
      expect(await ends(desk.id)).toEqual(before);
      await Promise.all([lookWithin(second(days, 0), 20_000), lookWithin(second(days, 0), 20_000)]);
      await lookWithin(second(days, 1), 20_000);
      expect(await ends(desk.id)).toEqual(told);
    }
    expect(await notesOf(desk.id)).toEqual([]);
  });

  it('waits by one note that follows every change, and by none once nothing is given', async () => {
    const desk = await newDesk(msp, { endsInDays: 100 });
    await desk.asks({ endsInDays: 50 });
    expect(await notesOf(desk.id)).toEqual([inDays(36)]);
    await desk.asks({ endsInDays: 300 });
    expect(await notesOf(desk.id)).toEqual([inDays(36)]);
    await desk.decides({ decision: 'APPROVE' });
    expect(await notesOf(desk.id)).toEqual([inDays(286)]);
    await desk.asks({ endsInDays: 10 });
    expect(await notesOf(desk.id)).toEqual([inDays(7)]);
    await desk.decides({ decision: 'REVOKE' });
    expect(await notesOf(desk.id)).toEqual([]);
  });

  it('costs one Query of half a unit while nothing is due, however much is given', async () => {
    for (let at = 0; at < 5; at++) await newDesk(msp, { endsInDays: 150 });
    const { cost } = await measure(() => lookWithin('2026-01-01T00:00:00.000Z', 5000));
    expect(cost).toMatchObject({ read: expect.any(Number), write: 0, roundTrips: 1 });
    expect(cost.read).toBeLessThanOrEqual(1);
  });
});

it('who is concerned is mailed, with what was said escaped and no token in it', async () => {
  const customer = await addCustomer(msp);
  const desk = deskOf(msp, customer);
  await desk.asks({ approval: 'EACH' });
  await desk.decides({ decision: 'APPROVE' });
  const { body } = await desk.open({ reason: 'A <b>bold</b> & careful reason' });
  await desk.answer(body.id, 'APPROVE');
  await desk.reads(body.token, msp.system);
  await desk.decides({ decision: 'REVOKE' });
  await deliver(customer.id);
  const notices = (await call(`GET ${desk.path}/notices`, { as: msp.reader })).body.items;
  expect(notices.map(({ kind }: { kind: string }) => kind).toSorted()).toEqual(
    ['ACCESS_ASKED', 'ACCESS_CHANGED', 'ACCESS_CHANGED', 'ENTRY_WAITS', 'SESSION_REFUSED'].toSorted(),
  );
  const waits = notices.find(({ kind }: { kind: string }) => kind === 'ENTRY_WAITS');
  const { body: whole } = await call(`GET ${desk.path}/notices/${waits.id}`, { as: msp.reader });
  expect(whole.text).toContain('A <b>bold</b> & careful reason');
  const mails = JSON.stringify(mailbox.mails);
  expect(mailbox.to(customer.admin.email)).toHaveLength(3);
  for (const { html } of mailbox.mails) expect(html).not.toContain('<b>bold');
  expect(mails).not.toContain(body.token.split('.')[3]);
});

describe('an end and acts at once', () => {
  it('no act is made after the end was answered, and each that was made stands in the audit', async () => {
    const desk = await newDesk(msp);
    for (let round = 0; round < 4; round++) {
      const { id, token } = (await desk.open()).body;
      const acts = Array.from({ length: 6 }, () => desk.changes(token));
      const ended = desk.end(id).then(async (answer) => ({ answer, at: new Date().toISOString() }));
      const [{ answer, at }, ...made] = await Promise.all([ended, ...acts]);
      expect(answer.status, JSON.stringify(answer.body)).toBe(200);
      const done = made.filter(({ status }) => status === 201);
      for (const one of made) expect([201, 401], JSON.stringify(one.body)).toContain(one.status);
      const audit = `GET /v1/audit-events?customerId=${desk.id}&session=${id}`;
      const { items } = (await call(audit, { as: desk.admin })).body;
      expect(items).toHaveLength(done.length);
      expect((await desk.changes(token)).status).toBe(401);
      for (const one of items) expect(one.at <= at).toBe(true);
    }
  });
});
