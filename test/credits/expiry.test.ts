import { beforeAll, describe, expect, it } from 'vitest';
import { bookWithin as bookWithinItself } from '../../functions/credits/book-expiries.ts';
import { schedules } from '../../functions/credits/schedules.ts';
import { onTime } from '../../lib/aws/clock.ts';
import { commit, each, page } from '../../lib/aws/db.ts';
import { newId } from '../../lib/aws/world.ts';
import { type Entry, toEntry } from '../../lib/credits/entry.ts';
import { configure, debit, grant } from '../../lib/credits/ledger.ts';
import { giveBack, mostLots, ordinary } from '../../lib/credits/lots.ts';
import { refund } from '../../lib/credits/refunds.ts';
import { platformId } from '../../lib/kit/id.ts';
import { nodeKey, partition } from '../../lib/kit/keys.ts';
import { listen, measure } from '../kit/cost.ts';
import { announcedByLedger, plantCreditSystem, plantCustomer } from '../kit/plant.ts';
import { byClock, call, type Msp, makeMsp } from '../kit/world.ts';
import { fullHour, hoursFromNow, Past } from './past.ts';

const bookWithin = byClock('credits', bookWithinItself);

let msp: Msp;
beforeAll(async () => {
  listen();
  msp = await makeMsp();
  await plantCreditSystem(msp.id);
});

const path = (customerId: string, rest = '') => `/v1/customers/${customerId}/credits${rest}`;
const read = async (id: string, query = '') =>
  (await call(`GET ${path(id)}${query}`, { as: msp.reader })).body;
const post = (id: string, what: string, body: unknown) =>
  call(`POST ${path(id, `/${what}`)}`, { as: msp.catalog, body, key: newId('request', Date.now()) });

/** A customer whose 70 of 100 credits ended a while ago and were not booked. */
async function lapsed(hoursAgo = 2): Promise<{ id: string; past: Past; endedAt: string }> {
  const { id } = await plantCustomer(msp.id);
  const past = new Past(id);
  const endedAt = fullHour(-hoursAgo - 1);
  past.at(hoursFromNow(-hoursAgo - 9), (ledger, by) => configure(ledger, { alertLimit: 50 }, by));
  past.at(hoursFromNow(-hoursAgo - 8), (ledger, by) => grant(ledger, { amount: 70, expiresAt: endedAt }, by));
  past.at(hoursFromNow(-hoursAgo - 7), (ledger, by) => grant(ledger, { amount: 30 }, by));
  await past.plant();
  return { id, past, endedAt };
}

async function chainOf(customerId: string): Promise<Entry[]> {
  const out: Entry[] = [];
  const entries = { partition: partition(customerId, 'ENTRY'), limit: 500, consistent: true };
  for await (const item of each(entries)) out.push(toEntry(item));
  return out;
}

const notesOf = async (customerId: string) => {
  const out: string[] = [];
  for await (const item of each({ partition: partition(platformId, 'DUE'), limit: 500, consistent: true }))
    if (item.customerId === customerId) out.push(String(item.SK));
  return out;
};

const [bookExpiries] = schedules;
const run = () => bookExpiries?.run(new Date().toISOString());

describe('credits that expire', () => {
  it('are granted with an hour and a priority, and burn by them', async () => {
    const { id } = await plantCustomer(msp.id);
    const [soon, late] = [fullHour(5), fullHour(50)];
    await post(id, 'grants', { amount: 10 });
    await post(id, 'grants', { amount: 10, expiresAt: late });
    const granted = await post(id, 'grants', { amount: 10, expiresAt: soon });
    expect(granted.body.parts).toEqual([{ amount: 10, priority: 5, expiresAt: soon }]);
    await post(id, 'grants', { amount: 10, priority: 9, expiresAt: soon });
    await post(id, 'grants', { amount: 10, priority: 0 });
    expect(
      (await read(id)).lots.map((one: { priority: number; expiresAt: string }) => [
        one.priority,
        one.expiresAt,
      ]),
    ).toEqual([
      [0, null],
      [5, soon],
      [5, late],
      [5, null],
      [9, soon],
    ]);
    const taken = await post(id, 'debits', { amount: 25 });
    expect(taken.body.parts).toEqual([
      { amount: 10, priority: 0, expiresAt: null },
      { amount: 10, priority: 5, expiresAt: soon },
      { amount: 5, priority: 5, expiresAt: late },
    ]);
    const { body } = await post(id, 'refunds', { entryId: taken.body.entryId });
    expect(body).toMatchObject({ amount: 25, balanceAfter: 50 });
    expect((await read(id)).lots.map(({ amount }: { amount: number }) => amount)).toEqual([
      10, 10, 10, 10, 10,
    ]);
  });

  it('are off the balance from their hour on, booked or not, now and as of any moment', async () => {
    const { id, endedAt } = await lapsed();
    expect(await read(id)).toMatchObject({
      balance: 30,
      expiring: 70,
      lots: [{ amount: 30, priority: 5, expiresAt: null }],
    });
    const before = new Date(Date.parse(endedAt) - 1).toISOString();
    expect((await read(id, `?at=${before}`)).balance).toBe(100);
    expect((await read(id, `?at=${endedAt}`)).balance).toBe(30);
    const next = await post(id, 'debits', { amount: 1 });
    expect(next.body).toMatchObject({ type: 'DEBIT', balanceBefore: 30, balanceAfter: 29 });
    expect(await read(id)).toMatchObject({ balance: 29, expiring: 0 });
    const expired = (await chainOf(id)).at(-2);
    expect(expired).toMatchObject({ type: 'EXPIRE', amount: 70, balance: 30 });
    expect((await read(id, `?at=${endedAt}`)).balance).toBe(30);
    expect((await read(id, `?at=${before}`)).balance).toBe(100);
    const list = await call(`GET ${path(id, '/entries')}?type=EXPIRE`, { as: msp.reader });
    expect(list.body.items).toMatchObject([{ parts: [{ amount: 70, expiresAt: endedAt }] }]);
  });

  it('are not spent after their hour, where that is blocked', async () => {
    const { id, past } = await lapsed();
    past.at(hoursFromNow(-0.5), (ledger, by) => configure(ledger, { blockBelowZero: true }, by));
    await past.plant();
    expect((await post(id, 'debits', { amount: 31 })).body).toMatchObject({
      code: 'credits.insufficient',
      balance: 30,
    });
    expect((await post(id, 'debits', { amount: 30 })).status).toBe(201);
  });

  it('pay what is owed first, and come back to the debit’s own lots only as far as those are good', async () => {
    const { id } = await plantCustomer(msp.id);
    const past = new Past(id);
    const [over, good] = [fullHour(-3), fullHour(30)];
    past.at(hoursFromNow(-9), (ledger, by) => debit(ledger, { amount: 5 }, by));
    past.at(hoursFromNow(-8), (ledger, by) => grant(ledger, { amount: 25, expiresAt: over }, by));
    past.at(hoursFromNow(-7), (ledger, by) => grant(ledger, { amount: 10, expiresAt: good }, by));
    past.at(hoursFromNow(-6), (ledger, by) => debit(ledger, { amount: 40 }, by));
    expect(past.entries.map(({ balance }) => balance)).toEqual([-5, 20, 30, -10]);
    past.at(hoursFromNow(-0.1), (ledger, by) => refund(ledger, { debit: past.entries.at(3) as Entry }, by));
    await past.plant();
    expect(await read(id)).toMatchObject({
      balance: 30,
      lots: [
        { amount: 10, expiresAt: good },
        { amount: 20, expiresAt: null },
      ],
    });
  });

  it.each([
    [{ expiresAt: '2030-01-01T00:30:00Z' }, '#/expiresAt'],
    [{ expiresAt: '2200-01-01T00:00:00Z' }, '#/expiresAt'],
    [{ expiresAt: 'soon' }, '#/expiresAt'],
    [{ priority: 10 }, '#/priority'],
    [{ priority: -1 }, '#/priority'],
    [{ priority: 1.5 }, '#/priority'],
  ])('refuse %j', async (wrong, pointer) => {
    const { id } = await plantCustomer(msp.id);
    const answer = await post(id, 'grants', { amount: 1, ...wrong });
    expect(answer).toMatchObject({ status: 400, body: { errors: [{ pointer }] } });
  });

  it('are refused where their hour has passed, or where a balance has as many kinds as it may', async () => {
    const { id } = await plantCustomer(msp.id);
    const late = await post(id, 'grants', { amount: 1, expiresAt: fullHour(-1) });
    expect(late.body.code).toBe('credits.already_expired');
    for (let index = 0; index < mostLots; index++)
      await post(id, 'grants', { amount: 1, expiresAt: fullHour(index + 2) });
    const many = await post(id, 'grants', { amount: 1, expiresAt: fullHour(20) });
    expect(many.body).toMatchObject({ code: 'credits.too_many_lots', most: mostLots });
    expect((await post(id, 'grants', { amount: 1, expiresAt: fullHour(2) })).status).toBe(201);
    expect((await post(id, 'grants', { amount: 1 })).status).toBe(201);
    expect((await read(id)).balance).toBe(mostLots + 2);
  });

  it('come back as ordinary credits where a refund would open one lot too many', () => {
    const lots = Array.from({ length: mostLots }, (_, index) => ({
      amount: 1,
      priority: index,
      expiresAt: '2030-01-01T00:00:00.000Z',
    }));
    const portion = { amount: 4, priority: 9, expiresAt: '2030-01-01T00:00:00.000Z' };
    expect(
      giveBack(lots, { portions: [portion], owed: 0 }, { debt: 0, at: '2026-01-01T00:00:00.000Z' }),
    ).toEqual([...lots, ordinary(4)].sort((a, b) => a.priority - b.priority || (a.expiresAt ? -1 : 1)));
  });
});

describe('the clock', () => {
  it('books what is due and tells of it, once, and takes the notes away', async () => {
    const { id } = await lapsed();
    expect(await notesOf(id)).toHaveLength(1);
    await Promise.all([run(), run(), run()]);
    await run();
    expect((await chainOf(id)).filter(({ type }) => type === 'EXPIRE')).toHaveLength(1);
    expect((await chainOf(id)).at(-1)).toMatchObject({ actor: { id: 'credits', kind: 'system' } });
    const said = await announcedByLedger(id);
    expect(said.map(({ type }) => type)).toContain('credits.balance_low.v1');
    expect(said.at(-1)).toMatchObject({ tenant: { id, providerId: msp.id } });
    expect(await notesOf(id)).toEqual([]);
  });

  it('takes away notes of what was burned, booked or belongs to nobody any more', async () => {
    const { id } = await lapsed();
    await post(id, 'debits', { amount: 1 });
    const before = await chainOf(id);
    const gone = await lapsed();
    await commit([{ do: 'remove', key: nodeKey(gone.id) }], newId('request', 1), Date.now() + 5000);
    await run();
    expect(await chainOf(id)).toEqual(before);
    expect([...(await notesOf(id)), ...(await notesOf(gone.id))]).toEqual([]);
    expect((await chainOf(gone.id)).every(({ type }) => type !== 'EXPIRE')).toBe(true);
  });

  it('reads in proportion to what is due, not to what there is', async () => {
    await run();
    const idle = await measure(async () => run());
    for (let index = 0; index < 40; index++) {
      const { id } = await plantCustomer(msp.id);
      await post(id, 'grants', { amount: 5, expiresAt: fullHour(50 + index) });
    }
    const still = await measure(async () => run());
    expect(still.cost.read).toBe(idle.cost.read);
    await lapsed();
    const one = await measure(async () => run());
    process.stdout.write(
      `booking: ${idle.cost.read} RCU idle, ${one.cost.read} RCU and ${one.cost.write} WCU for one customer\n`,
    );
    expect(one.cost.write).toBeLessThanOrEqual(6);
  });

  it('asks to be called again where more is due than it has time for', async () => {
    await run();
    const ids = await Promise.all(Array.from({ length: 60 }, async () => (await lapsed()).id));
    await expect(bookWithin(new Date().toISOString(), 0)).rejects.toThrow('More is due');
    await bookWithin(new Date().toISOString(), 0);
    for (const id of ids) {
      expect(await notesOf(id)).toEqual([]);
      expect((await read(id)).expiring).toBe(0);
    }
  });

  it('answers for each message alone, and says which failed', async () => {
    const records = [{ schedule: 'book-expiries' }, { schedule: 'nothing' }].map((body, index) => ({
      messageId: String(index),
      body: JSON.stringify(body),
    }));
    expect(await onTime(schedules)({ Records: records } as never, {} as never)).toEqual({
      batchItemFailures: [{ itemIdentifier: '1' }],
    });
  });

  it('notes an hour once, however many grants fall due in it', async () => {
    const { id } = await plantCustomer(msp.id);
    for (let index = 0; index < 3; index++) await post(id, 'grants', { amount: 5, expiresAt: fullHour(9) });
    expect(await notesOf(id)).toHaveLength(1);
    const { items } = await page({ partition: partition(platformId, 'DUE'), limit: 1 });
    expect(Object.keys(items[0] ?? {}).sort()).toEqual(['PK', 'SK', 'customerId', 'kind']);
  });
});
