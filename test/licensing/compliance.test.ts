import { beforeAll, describe, expect, it } from 'vitest';
import { checkWithin as checkWithinItself } from '../../functions/licensing/check-compliance.ts';
import { schedules } from '../../functions/licensing/schedules.ts';
import { onTime } from '../../lib/aws/clock.ts';
import { each, get } from '../../lib/aws/db.ts';
import { platformId } from '../../lib/kit/id.ts';
import { licenceDueKey, nodeKey, partition, seatMeterKey } from '../../lib/kit/keys.ts';
import { checkCompliance } from '../../lib/licensing/compliance.ts';
import type { Product } from '../../lib/licensing/product.ts';
import { takeSeat } from '../../lib/licensing/seat.ts';
import { type SeatMeter, toSeatMeter } from '../../lib/licensing/seat-meter.ts';
import type { NewSubscription } from '../../lib/licensing/subscribe.ts';
import { listen, measure } from '../kit/cost.ts';
import { ownTable } from '../kit/own-table.ts';
import { plantCustomer } from '../kit/plant.ts';
import { byClock, call, type Msp, makeMsp } from '../kit/world.ts';
import { buyer, meterIn, plantLicence, put, shelf, stockProduct, toldOf } from './shelf.ts';

const checkWithin = byClock('licensing', checkWithinItself);

let msp: Msp;
let product: Product;
ownTable();
beforeAll(async () => {
  listen();
  // What is due is one list for all: another file that checks it would take this one's.
  msp = await makeMsp();
  product = await stockProduct(msp, { mspLicence: true });
});

const dayMs = 86_400_000;
const daysAgo = (days: number) => new Date(Date.now() - days * dayMs).toISOString();
const run = () => checkWithin(new Date().toISOString(), 40_000);

/** A customer that was given a licence so many days ago, and took seats at once. */
async function since(days: number, command: Record<string, unknown>, seats = 0) {
  const { id, admin } = await plantCustomer(msp.id);
  const at = daysAgo(days);
  const given = { productId: product.id, ...command } as unknown as NewSubscription;
  const planted = await plantLicence({ customerId: id, providerId: msp.id }, product, { command: given, at });
  let meter = { ...planted.meter };
  for (let count = 0; count < seats; count++) meter = await take(meter, `host-${count}`, at);
  return { id, admin, meter, endsAt: planted.subscription.endsAt ?? '', ...shelf(msp, id, product) };
}
const bought = (seats: number, termDays: number) => ({
  ...{ source: 'PURCHASE', seats, termDays, purchaser: { ...buyer, attested: false } },
});

async function take(meter: SeatMeter, ref: string, at: string): Promise<SeatMeter> {
  const plan = takeSeat(meter, ref, at);
  await put(plan);
  return meterIn(plan, meter);
}

const stored = async ({ id }: { id: string }) =>
  toSeatMeter(await get(seatMeterKey(id, product.id), true), {
    customerId: id,
    productId: product.id,
    now: '',
  });

async function notesOf({ id }: { id: string }): Promise<string[]> {
  const out: string[] = [];
  const all = { partition: partition(platformId, 'LICENCE_DUE'), limit: 500, consistent: true };
  for await (const item of each(all)) if (item.customerId === id) out.push(String(item.SK).slice(0, 24));
  return out;
}

describe('the compliance check', () => {
  it('tells of an end that came near, the latest notice alone, once', async () => {
    const one = await since(40, bought(5, 45));
    expect((await notesOf(one))[0]).toBe(new Date(Date.parse(one.endsAt) - 30 * dayMs).toISOString());
    await Promise.all([run(), run()]);
    await run();
    expect(await toldOf(one.id)).toEqual(['subscription_expiring 7']);
    expect(await notesOf(one)).toEqual([new Date(Date.parse(one.endsAt) - dayMs).toISOString()]);
    expect((await stored(one)).dueAt).toBe((await notesOf(one))[0]);
  });

  it('tells of an end, and of machines that run without a licence from then on', async () => {
    const one = await since(40, bought(5, 20), 2);
    expect(await one.holding()).toMatchObject({ state: 'OVER_DEPLOYED', seats: 0, used: 2 });
    await run();
    expect((await toldOf(one.id)).sort()).toEqual(['seats_over_deployed 0', 'subscription_expired']);
    expect((await one.take('SN-1')).body.code).toBe('licensing.no_licence');
    expect((await one.free('host-0')).status).toBe(204);
    const since0 = (await stored(one)).over?.since ?? '';
    expect(await notesOf(one)).toEqual([new Date(Date.parse(since0) + 7 * dayMs).toISOString()]);
    await one.free('host-1');
    expect(await toldOf(one.id)).toContain('seats_over_deployed ended 0');
    expect(await notesOf(one)).toEqual([]);
  });

  it('reminds of machines without a licence every seven days', async () => {
    const one = await since(40, bought(5, 20), 2);
    await put(checkCompliance(one.meter, one.endsAt));
    await run();
    expect(await toldOf(one.id)).toEqual(['seats_over_deployed 2']);
    await run();
    expect(await toldOf(one.id)).toHaveLength(1);
  });

  it('says nothing of a licence that was renewed', async () => {
    const one = await since(40, bought(5, 45));
    const [{ id }] = (await call(`GET ${one.path}/subscriptions`, { as: msp.reader })).body.items;
    await one.renew(id, { source: 'PURCHASE', termDays: 365, purchaser: buyer });
    await run();
    expect(await toldOf(one.id)).toEqual(['subscription_changed RENEWED']);
  });

  it('closes the month of an MSP licence, and keeps it', async () => {
    const one = await since(40, { source: 'MSP', seats: 2 }, 3);
    const month = daysAgo(40).slice(0, 7);
    const before = await call(`GET ${one.path}/seat-usage?month=${month}`, { as: one.admin });
    await run();
    expect((await toldOf(one.id))[0]).toBe(`seats_metered ${month}`);
    const after = await call(`GET ${one.path}/seat-usage?month=${month}`, { as: one.admin });
    expect(after.body).toEqual(before.body);
    const [row] = after.body.products;
    expect(row).toMatchObject({ peak: 3, mspSeats: 3, overage: 1 });
    const days = row.days as { day: string; peak: number }[];
    expect(days.find(({ day }) => day === daysAgo(40).slice(0, 10))?.peak).toBe(3);
    expect(days.at(0)?.peak).toBe(days[0]?.day === daysAgo(40).slice(0, 10) ? 3 : 0);
    const [due] = await notesOf(one);
    expect(due?.slice(8)).toBe('01T00:00:00.000Z');
    const first = await call(`GET ${one.path}/seat-usage?month=2020-01`, { as: one.admin });
    expect(first.body.products).toEqual([]);
  });

  it('forgets what is due of a customer that is gone, and what a meter no longer waits for', async () => {
    const [gone, here] = [await since(40, bought(5, 20)), await since(40, bought(5, 400))];
    await put({ writes: [{ do: 'remove', key: nodeKey(gone.id) }] });
    const stray = { at: daysAgo(1), customerId: here.id, productId: product.id };
    const { at: _, ...of } = stray;
    await put({ writes: [{ do: 'create', item: { ...licenceDueKey(stray), kind: 'licenceDue', ...of } }] });
    await run();
    expect(await notesOf(gone)).toEqual([]);
    expect(await notesOf(here)).toEqual([here.meter.dueAt]);
    expect(await toldOf(here.id)).toEqual([]);
  });

  it('costs what one Query costs while nothing is due, and is started by the clock', async () => {
    await run();
    const { cost } = await measure(run);
    expect(cost).toMatchObject({ write: 0, roundTrips: 1 });
    expect(cost.read).toBeLessThanOrEqual(1);
    const [only] = schedules;
    const body = JSON.stringify({ schedule: only?.id });
    const done = await onTime(schedules)({ Records: [{ messageId: '1', body }] } as never, {} as never);
    expect(done).toEqual({ batchItemFailures: [] });
  });

  it('throws, to be called again, where it runs out of time', async () => {
    for (let count = 0; count < 51; count++) await since(40, bought(1, 20));
    await expect(checkWithin(new Date().toISOString(), 0)).rejects.toThrow('More licences are due');
    await run();
    await expect(checkWithin(new Date().toISOString(), 0)).resolves.toBeUndefined();
  });
});
