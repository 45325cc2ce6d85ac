import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { onTopUpDue } from '../../functions/credits/on-top-up-due.ts';
import { onTopUpStopped } from '../../functions/notifications/on-top-up-stopped.ts';
import { each } from '../../lib/aws/db.ts';
import { newId } from '../../lib/aws/world.ts';
import { type Entry, toEntry } from '../../lib/credits/entry.ts';
import { configure, debit, grant } from '../../lib/credits/ledger.ts';
import type { TopUp } from '../../lib/credits/settings.ts';
import type { Envelope } from '../../lib/kit/event.ts';
import { partition } from '../../lib/kit/keys.ts';
import { type Mailbox, openMailbox } from '../kit/mailbox.ts';
import { announcedByLedger, plantCreditSystem, plantCustomer } from '../kit/plant.ts';
import { addCustomer, type Caller, call, type Msp, makeMsp } from '../kit/world.ts';
import { Past } from './past.ts';

let msp: Msp;
let box: Mailbox;
beforeAll(async () => {
  box = await openMailbox();
  msp = await makeMsp();
  await plantCreditSystem(msp.id);
});
afterAll(() => box.close());

const topUp: TopUp = { below: 50, amount: 100, cooldownMinutes: 60, maxPerDay: 3 };
const at = (hours: number) =>
  new Date(Date.parse('2026-03-01T00:00:00.000Z') + hours * 3_600_000).toISOString();
const short = ({ type }: { type: string }) => type.split('.')[1];

/** A ledger of 100 credits with a top-up; each burn answers what of top-ups was announced. */
function fed(more: Partial<TopUp> = {}) {
  const past = new Past('cus_00000000000000000000000000');
  past.at(at(0), (ledger, by) => configure(ledger, { topUp: { ...topUp, ...more } }, by));
  past.at(at(0), (ledger, by) => grant(ledger, { amount: 100 }, by));
  const burn = (hours: number, amount: number) =>
    past
      .at(at(hours), (ledger, by) => debit(ledger, { amount }, by))
      .map(short)
      .filter((type) => type?.startsWith('top_up'));
  return { past, burn };
}

describe('a top-up', () => {
  it('is asked for by settings that find the balance too low, and by the entry that takes it below', () => {
    const born = new Past('cus_00000000000000000000000000');
    expect(born.at(at(0), (ledger, by) => configure(ledger, { topUp }, by)).map(short)).toContain(
      'top_up_due',
    );
    const { past, burn } = fed();
    expect(past.entries.map(({ toppedUp }) => toppedUp)).toEqual([expect.any(String), expect.any(String)]);
    expect(burn(2, 50)).toEqual([]);
    expect(burn(2, 1)).toEqual(['top_up_due']);
    expect(burn(2, 1)).toEqual([]);
  });

  it('waits for its cool-down, and stops at its cap with one word a day', () => {
    const { burn } = fed();
    expect(burn(2, 60)).toEqual(['top_up_due']);
    expect(burn(2.9, 1)).toEqual([]);
    expect(burn(3, 1)).toEqual(['top_up_due']);
    expect(burn(5, 1)).toEqual(['top_up_stopped']);
    expect(burn(7, 1)).toEqual([]);
    expect(burn(23.9, 1)).toEqual([]);
    expect(burn(24, 1)).toEqual(['top_up_due']);
    expect(burn(25, 1)).toEqual(['top_up_due']);
    expect(burn(26, 1)).toEqual(['top_up_due']);
    expect(burn(27, 1)).toEqual(['top_up_stopped']);
    expect(burn(28, 1)).toEqual([]);
  });

  it('is not asked for where it is switched off', () => {
    const { past, burn } = fed();
    past.at(at(1), (ledger, by) => configure(ledger, { topUp: null }, by));
    expect(burn(2, 90)).toEqual([]);
    expect(past.entries.at(-1)?.topUp).toBeUndefined();
  });
});

interface Fed {
  readonly id: string;
  readonly admin: Caller;
  readonly debit: (amount: number) => Promise<{ status: number; body: { code?: string } }>;
}

async function customer(settings: Partial<TopUp>, of: Msp = msp, planted = true): Promise<Fed> {
  const made = planted ? await plantCustomer(of.id) : await addCustomer(of);
  const path = `/v1/customers/${made.id}/credits`;
  await call(`POST ${path}/grants`, { as: of.catalog, body: { amount: 100 } });
  const set = await call(`PATCH ${path}/settings`, {
    as: of.catalog,
    body: { topUp: { ...topUp, ...settings } },
    headers: { 'if-match': '*' },
  });
  expect(set.status).toBe(200);
  const debitOf = (amount: number) =>
    call(`POST ${path}/debits`, {
      as: of.catalog,
      body: { amount, requestId: newId('request', Date.now()) },
    });
  return { ...made, debit: debitOf };
}

const asked = async (id: string, type = 'credits.top_up_due.v1') =>
  (await announcedByLedger(id)).filter((one) => one.type === type) as unknown as Envelope<never>[];

async function chainOf(id: string): Promise<Entry[]> {
  const out: Entry[] = [];
  for await (const item of each({ partition: partition(id, 'ENTRY'), limit: 500, consistent: true }))
    out.push(toEntry(item));
  return out;
}

describe('the reaction', () => {
  it('grants once, however often and however many at once are told', async () => {
    const { id, debit: take } = await customer({});
    await take(60);
    const [event] = await asked(id);
    await Promise.all(Array.from({ length: 10 }, () => onTopUpDue.handle(event as never)));
    await onTopUpDue.handle({ ...event, id: newId('event', Date.now()) } as never);
    const chain = await chainOf(id);
    const automatic = chain.filter(({ actor }) => actor.id === 'credits');
    expect(automatic).toHaveLength(1);
    expect(automatic[0]).toMatchObject({
      type: 'GRANT',
      amount: 100,
      balance: 140,
      reason: expect.stringContaining('Automatic top-up asked for by ent_'),
      actor: { kind: 'system' },
    });
  });

  it('runs away neither by many debits at once nor by a cap that is tried', async () => {
    const { id, debit: take } = await customer({ amount: 1, cooldownMinutes: 5, maxPerDay: 2 });
    await take(60);
    const answers = await Promise.all(Array.from({ length: 40 }, () => take(1)));
    for (const { status, body } of answers) if (status !== 201) expect(body.code).toBe('request.contended');
    for (let round = 0; round < 3; round++)
      await Promise.all((await asked(id)).map((event) => onTopUpDue.handle(event as never)));
    expect(await asked(id)).toHaveLength(1);
    expect((await chainOf(id)).filter(({ actor }) => actor.id === 'credits')).toHaveLength(1);
  });

  it('does nothing where credits or the top-up were switched off since, or the customer is gone', async () => {
    const own = await makeMsp();
    const { id } = await addCustomer(own);
    await plantCreditSystem(own.id);
    const path = `/v1/customers/${id}/credits`;
    const settings = (body: unknown) =>
      call(`PATCH ${path}/settings`, { as: own.catalog, body, headers: { 'if-match': '*' } });
    expect((await settings({ topUp })).body.topUp).toEqual(topUp);
    const [event] = await asked(id);
    const off = { enabled: false, acknowledgeCostDataLoss: true };
    await call('PUT /v1/credit-system', { as: own.catalog, body: off, headers: { 'if-match': '*' } });
    await onTopUpDue.handle(event as never);
    await call('PUT /v1/credit-system', {
      as: own.catalog,
      body: { ...off, enabled: true },
      headers: { 'if-match': '*' },
    });
    await settings({ topUp: null });
    await onTopUpDue.handle(event as never);
    expect(await chainOf(id)).toHaveLength(2);
    const gone = newId('customer', Date.now());
    const { tenant, ...rest } = event as Envelope<never>;
    const lost = { ...tenant, id: gone, path: [...tenant.path.slice(0, -1), gone] };
    await onTopUpDue.handle({ ...rest, tenant: lost, subject: gone } as never);
    expect(await chainOf(gone)).toEqual([]);
  });

  it('does nothing for an entry that no ledger has: a restored table lost it, and it is asked for again', async () => {
    const { id, debit: take } = await customer({});
    await take(60);
    const [event] = (await asked(id)) as Envelope<Record<string, unknown>>[];
    const lost = { ...event, data: { ...event?.data, entryId: 'ent_20200101000000000' } };
    await onTopUpDue.handle(lost as never);
    expect((await chainOf(id)).filter(({ actor }) => actor.id === 'credits')).toEqual([]);
  });

  it('tells the administrators once when the cap stops it', async () => {
    const { id, admin } = await customer({});
    const past = new Past(id);
    past.entries.push((await chainOf(id)).at(-1) as Entry);
    const today = `${new Date(Date.now() + 86_400_000).toISOString().slice(0, 10)}T`;
    for (const [hour, amount] of [
      [2, 90],
      [4, 1],
      [6, 1],
      [8, 1],
      [10, 1],
    ] as const)
      past.at(`${today}${String(hour).padStart(2, '0')}:00:00.000Z`, (ledger, by) =>
        debit(ledger, { amount }, by),
      );
    const [first] = await asked(id, 'credits.top_up_stopped.v1');
    expect(first).toBeUndefined();
    expect(past.entries.at(-1)?.toppedUp).toMatch(/\.3!$/);
    const event = {
      id: newId('event', Date.now()),
      type: 'credits.top_up_stopped.v1',
      source: 'quartermaster',
      at: new Date().toISOString(),
      tenant: { id, providerId: msp.id, path: ['plt_00000000000000000000000000', msp.id, id] },
      actor: { id: 'credits', kind: 'system', home: id },
      subject: id,
      data: { balance: 6, below: 50, amount: 100, maxPerDay: 3 },
      traceId: 'trace',
    };
    await onTopUpStopped.handle(event as never);
    await onTopUpStopped.handle(event as never);
    const mails = box.to(admin.email);
    expect(mails.map(({ subject }) => subject.replace(/^.*?: /, ''))).toEqual([
      'automatic top-up stopped for today',
    ]);
    expect(mails[0]?.text).toContain('has run 3 times today (UTC)');
    const notices = await call(`GET /v1/customers/${id}/notices`, { as: admin });
    expect(notices.body.items).toMatchObject([{ kind: 'TOP_UP_STOPPED' }]);
  });
});

describe('its settings', () => {
  it.each([
    [{ ...topUp, cooldownMinutes: 4 }, '#/topUp/cooldownMinutes'],
    [{ ...topUp, maxPerDay: 25 }, '#/topUp/maxPerDay'],
    [{ ...topUp, amount: 0 }, '#/topUp/amount'],
    [{ ...topUp, below: -1 }, '#/topUp/below'],
    [{ ...topUp, below: 1.5 }, '#/topUp/below'],
    [{ below: 1 }, '#/topUp/amount'],
  ])('refuse %j', async (wrong, pointer) => {
    const { id } = await plantCustomer(msp.id);
    const { status, body } = await call(`PATCH /v1/customers/${id}/credits/settings`, {
      as: msp.catalog,
      body: { topUp: wrong },
      headers: { 'if-match': '*' },
    });
    expect(status).toBe(400);
    expect(body.errors[0].pointer).toBe(pointer);
  });
});
