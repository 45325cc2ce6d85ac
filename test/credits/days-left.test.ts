import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { onBalanceLow } from '../../functions/notifications/on-balance-low.ts';
import { type Entry, toEntry } from '../../lib/credits/entry.ts';
import { predict } from '../../lib/credits/forecast.ts';
import { configure, debit, grant } from '../../lib/credits/ledger.ts';
import { mark, perDay } from '../../lib/credits/pace.ts';
import { isGraver } from '../../lib/notifications/alert.ts';
import { type Mailbox, openMailbox } from '../kit/mailbox.ts';
import { announcedByLedger, plantCreditSystem, plantCustomer } from '../kit/plant.ts';
import { call, type Msp, makeMsp } from '../kit/world.ts';
import { Past } from './past.ts';

const customerId = 'cus_00000000000000000000000000';
const start = Date.parse('2026-01-01T00:00:00.000Z');
const dayMs = 86_400_000;
const day = (count: number) => new Date(start + count * dayMs).toISOString();

/** A ledger of 1,000 credits that tells when they last less than so many days. */
function told(daysLeftAlert: number, alertLimit: number | null = null): Past {
  const past = new Past(customerId);
  past.at(day(0), (ledger, by) => configure(ledger, { daysLeftAlert, alertLimit }, by));
  past.at(day(0), (ledger, by) => grant(ledger, { amount: 1000 }, by));
  return past;
}

const burn = (past: Past, at: number, amount: number) =>
  past
    .at(day(at), (ledger, by) => debit(ledger, { amount }, by))
    .map(({ type, data }) => ({ type: type.split('.')[1], ...(data as object) }));
const add = (past: Past, at: number, amount: number) =>
  past.at(day(at), (ledger, by) => grant(ledger, { amount }, by)).map(({ type }) => type.split('.')[1]);

describe('an alert by days left', () => {
  it('fires once when the balance lasts too short, and says how long and until when', () => {
    const past = told(14);
    const said = Array.from({ length: 20 }, (_, index) => burn(past, index + 1, 40)).flat();
    expect(said).toEqual(
      [
        {
          type: 'balance_low',
          meter: 'CREDITS',
          value: 360,
          limit: null,
          thresholds: [{ id: 'days-14', at: 14 }],
          daysLeft: 9,
          exhaustsOn: expect.any(String),
        },
      ].map((one) => ({ ...one, value: expect.any(Number), daysLeft: expect.any(Number) })),
    );
    const [first] = said as unknown as { value: number; daysLeft: number; exhaustsOn: string }[];
    expect(first?.daysLeft).toBeLessThan(14);
    expect(first?.daysLeft).toBeCloseTo((first?.value ?? 0) / 40, 0);
  });

  it('says nothing in the first three days, and nothing without consumption', () => {
    const past = told(14);
    expect(burn(past, 1, 400)).toEqual([]);
    expect(burn(past, 2.9, 400)).toEqual([]);
    expect(burn(past, 3, 1)).toMatchObject([{ type: 'balance_low' }]);
    const idle = told(365);
    expect(add(idle, 40, 1)).toEqual([]);
  });

  it('is armed again beyond its margin, and tells that it recovered once', () => {
    const past = told(10);
    for (let index = 1; index <= 8; index++) burn(past, index, 100);
    expect(past.entries.at(-1)).toMatchObject({ balance: 200, daysLeft: 2, bands: { 'days-10': day(3) } });
    expect(add(past, 8, 850)).toEqual([]);
    expect(add(past, 8, 100)).toEqual(['balance_recovered']);
    expect(add(past, 8, 10)).toEqual([]);
    expect(burn(past, 9, 300)).toMatchObject([{ type: 'balance_low', thresholds: [{ id: 'days-10' }] }]);
  });

  it('is one notice with the thresholds of the balance that the same debit crosses', () => {
    const past = told(14, 500);
    burn(past, 4, 10);
    expect(burn(past, 5, 700)).toMatchObject([
      { type: 'balance_low', thresholds: [{ id: 'below-500' }, { id: 'days-14', at: 14 }] },
    ]);
  });

  it('fires for one created when already crossed, and for credits that expire', () => {
    const past = told(1);
    for (let index = 1; index <= 5; index++) burn(past, index, 40);
    const set = past.at(day(5), (ledger, by) => configure(ledger, { daysLeftAlert: 30 }, by));
    expect(set).toMatchObject([{ data: { thresholds: [{ id: 'days-30' }] } }]);
    const over = told(14);
    over.at(day(0), (ledger, by) => grant(ledger, { amount: 9000, expiresAt: day(6) }, by));
    for (let index = 1; index <= 5; index++) expect(burn(over, index, 200)).toEqual([]);
    expect(burn(over, 6.5, 1)).toMatchObject([{ thresholds: [{ id: 'days-14' }] }]);
    expect(over.entries.at(-2)).toMatchObject({ type: 'EXPIRE', amount: 8000 });
  });
});

describe('the pace that an entry keeps', () => {
  it('is the forecast’s wherever a mark stands at the edge, and within its five days otherwise', () => {
    const debits = fc.array(fc.record({ wait: fc.integer({ min: 0, max: 20 * 24 }), burn: fc.nat(500) }), {
      minLength: 1,
      maxLength: 60,
    });
    fc.assert(
      fc.property(debits, fc.integer({ min: 0, max: 40 * 24 }), (all, rest) => {
        let at = start;
        let burned = 0;
        let pace = '';
        const seen: { at: number; burned: number }[] = [];
        for (const one of all) {
          at += one.wait * 3_600_000;
          pace = mark(pace, burned, new Date(at).toISOString());
          burned += one.burn;
          seen.push({ at, burned });
        }
        const now = at + rest * 3_600_000;
        const before = (moment: number) => seen.findLast((one) => one.at < moment)?.burned ?? 0;
        const days = (now - (seen[0]?.at ?? now)) / dayMs;
        const found = perDay(pace, burned, new Date(now).toISOString()) ?? 0;
        const over = (from: number) => (burned - before(from)) / ((now - from) / dayMs);
        expect(pace.split('.').length).toBeLessThanOrEqual(8);
        if (days <= 30) {
          expect(found).toBeCloseTo(days < 3 ? 0 : burned / days, 6);
          return;
        }
        const edges = Array.from({ length: 5 * 24 + 1 }, (_, hour) =>
          over(now - 30 * dayMs - hour * 3_600_000),
        );
        expect(found).toBeGreaterThanOrEqual(Math.min(...edges) - 1e-9);
        expect(found).toBeLessThanOrEqual(Math.max(...edges) + 1e-9);
      }),
      { numRuns: 500 },
    );
  });
});

describe('right-sizing', () => {
  it('suggests what lasts so many days', () => {
    const seen = { balance: 100, burned: 300, burnedBefore: 0, firstAt: day(-40), now: day(0) };
    expect(predict(seen)).toMatchObject({ averageDailyBurn: 10, daysLeft: 10, suggestedTopUp: 200 });
    expect(predict({ ...seen, coverDays: 5 })).toMatchObject({ coverDays: 5, suggestedTopUp: 0 });
    expect(predict({ ...seen, balance: -50, coverDays: 10 })).toMatchObject({
      reason: 'ALREADY_EXHAUSTED',
      daysLeft: 0,
      suggestedTopUp: 150,
    });
  });
});

describe('over HTTP', () => {
  let msp: Msp;
  let box: Mailbox;
  beforeAll(async () => {
    box = await openMailbox();
    msp = await makeMsp();
    await plantCreditSystem(msp.id);
  });
  afterAll(() => box.close());

  it('mails days and date, and explains', async () => {
    const customer = await plantCustomer(msp.id);
    const past = new Past(customer.id);
    const ago = (days: number) => new Date(Date.now() - days * dayMs).toISOString();
    past.at(ago(10), (ledger, by) => grant(ledger, { amount: 1000 }, by));
    for (const days of [9, 7, 5, 3]) past.at(ago(days), (ledger, by) => debit(ledger, { amount: 100 }, by));
    await past.plant();
    const settings = await call(`PATCH /v1/customers/${customer.id}/credits/settings`, {
      as: msp.catalog,
      body: { daysLeftAlert: 30 },
      headers: { 'if-match': '*' },
    });
    expect(settings.body).toMatchObject({ daysLeftAlert: 30 });
    const [event] = await announcedByLedger(customer.id);
    await onBalanceLow.handle(event as never);
    const exhaustsOn = new Date(Date.now() + 15 * dayMs).toISOString().slice(0, 10);
    expect(box.mails.map(({ subject }) => subject.replace(/^.*?: /, ''))).toEqual([
      'credit balance enough for less than 30 days',
    ]);
    expect(box.mails[0]?.text).toContain(`it lasts 15 days, until ${exhaustsOn}`);
    const alerts = await call(`GET /v1/customers/${customer.id}/alerts`, { as: customer.admin });
    expect(alerts.body.items).toContainEqual(
      expect.objectContaining({ id: 'CREDITS.days-30', threshold: 30, state: 'FIRED' }),
    );
    const explained = await call(`GET /v1/customers/${customer.id}/alerts/CREDITS.days-30/explanation`, {
      as: customer.admin,
    });
    expect(explained.body.because[0]).toContain(
      'days left is below 30. It tells again once 32 was crossed back',
    );
    const forecast = await call(`GET /v1/customers/${customer.id}/credits/forecast?coverDays=60`, {
      as: customer.admin,
    });
    expect(forecast.body).toMatchObject({ averageDailyBurn: 40, daysLeft: 15, suggestedTopUp: 1800 });
    const wrong = await call(`GET /v1/customers/${customer.id}/credits/forecast?coverDays=0`, {
      as: customer.admin,
    });
    expect(wrong.body.errors[0].pointer).toBe('#/query/coverDays');
  });
});

it('neither kind of threshold is graver than the other: a snooze of one outlives a notice of the other', () => {
  expect(isGraver('CREDITS.days-7', 'CREDITS.days-14')).toBe(true);
  expect(isGraver('CREDITS.days-7', 'CREDITS.below-50')).toBe(false);
  expect(isGraver('CREDITS.below-0', 'CREDITS.days-14')).toBe(false);
});

it('an entry says the days that it compared', () => {
  const past = told(14);
  for (let index = 1; index <= 5; index++) burn(past, index, 40);
  const kept: Entry | undefined = past.entries.at(-1);
  expect(kept && toEntry({ ...kept, SK: kept.previousAt }).daysLeft).toBe(20);
});
