import { beforeAll, describe, expect, it } from 'vitest';
import { plantCustomer } from '../kit/plant.ts';
import { call, type Msp, makeMsp } from '../kit/world.ts';
import { persist } from './desk.ts';
import { shelf, stockProduct, toldOf } from './shelf.ts';

let msp: Msp;
let product: Awaited<ReturnType<typeof stockProduct>>;
beforeAll(async () => {
  msp = await makeMsp();
  product = await stockProduct(msp, { mspLicence: true });
});

async function opened() {
  const { id, admin } = await plantCustomer(msp.id);
  return { id, admin, ...shelf(msp, id, product) };
}

async function metered(seats: number) {
  const one = await opened();
  const { body } = await one.give({ source: 'MSP', seats });
  return { ...one, subscriptionId: body.id as string };
}

describe('traces of the alert semantics over seats, 80 % and 100 % of 100', () => {
  it('A: a climb 0 → 110 by one makes two notices', async () => {
    const one = await metered(100);
    await one.use(110);
    expect(await one.notices()).toEqual(['fired 80', 'fired 100']);
  });

  it('B: a jump 70 → 130 %, when seats go, makes one notice that names both', async () => {
    const one = await opened();
    const own = await one.buy(90);
    await one.give({ source: 'MSP', seats: 100 });
    await one.use(130);
    expect(await one.notices()).toEqual([]);
    await one.remove(own.body.id);
    expect(await one.notices()).toEqual(['fired 80 100']);
  });

  it('C: 81, 79, 81, 79 … makes one notice', async () => {
    const one = await metered(100);
    for (let turn = 0; turn < 5; turn++) {
      await one.use(81);
      await one.use(79);
    }
    expect(await one.notices()).toEqual(['fired 80']);
  });

  it('D: 101 of 100, 25 seats more, 126', async () => {
    const one = await metered(100);
    await one.use(101);
    await one.buy(25);
    await one.use(126);
    expect(await one.notices()).toEqual(['fired 80', 'fired 100', 'recovered 100', 'fired 100']);
  });

  it('E: steady use 70, seats 100 → 80, makes one notice', async () => {
    const one = await opened();
    await one.buy(80);
    const { body } = await one.buy(20);
    await one.use(70);
    await one.remove(body.id);
    expect(await one.notices()).toEqual(['fired 80']);
  });

  it('F: 85, then 60, then 85 fires, recovers and fires', async () => {
    const one = await metered(100);
    await one.use(85);
    await one.use(60);
    await one.use(85);
    expect(await one.notices()).toEqual(['fired 80', 'recovered 80', 'fired 80']);
  });
});

describe('seats', () => {
  it('are taken up to those of running licences, each machine once', async () => {
    const one = await opened();
    await one.buy(2);
    expect((await one.take('SN-1', '?dryRun=true')).status).toBe(200);
    expect(await one.take('SN-1')).toMatchObject({ status: 201, body: { machineRef: 'SN-1' } });
    expect((await one.take('SN-1')).body.code).toBe('licensing.seat_taken');
    await one.take('SN-2');
    const refused = await one.take('SN-3');
    expect(refused).toMatchObject({
      status: 409,
      body: { code: 'licensing.seats_exhausted', used: 2, limit: 2 },
    });
    expect(await one.holding()).toMatchObject({
      state: 'LICENSED',
      seats: 2,
      used: 2,
      remaining: 0,
      usedPercent: 100,
    });
    const listed = await call(`GET ${one.seats}?limit=1`, { as: one.admin });
    expect(listed.body.items.map((seat: { machineRef: string }) => seat.machineRef)).toEqual(['SN-1']);
    const rest = await call(`GET ${one.seats}?limit=1&cursor=${listed.body.nextCursor}`, { as: one.admin });
    expect(rest.body.items.map((seat: { machineRef: string }) => seat.machineRef)).toEqual(['SN-2']);
  });

  it('are free once, and then for another machine', async () => {
    const one = await opened();
    await one.buy(1);
    await one.take('SN-1');
    expect((await one.free('SN-1')).status).toBe(204);
    expect((await one.free('SN-1')).status).toBe(404);
    expect((await one.take('SN-2')).status).toBe(201);
  });

  it('are refused where no licence runs, and unknown where none ever did', async () => {
    const one = await opened();
    expect((await one.take('SN-1')).status).toBe(404);
    const { body } = await one.buy(1);
    await one.remove(body.id);
    expect((await one.take('SN-1')).body.code).toBe('licensing.no_licence');
    expect(await one.holding()).toMatchObject({ state: 'UNLICENSED', seats: 0, usedPercent: null });
  });

  it('are exactly as many as there are, when fifty ask at once', async () => {
    const one = await opened();
    await one.buy(20);
    const asked = Array.from({ length: 50 }, (_, at) => persist(() => one.take(`host-${at}`)));
    const answers = await Promise.all(asked);
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(20);
    expect(answers.filter(({ body }) => body.code === 'licensing.seats_exhausted')).toHaveLength(30);
    const { body } = await call(`GET ${one.seats}?limit=100`, { as: msp.reader });
    expect(body.items).toHaveLength(20);
    expect(await one.holding()).toMatchObject({ used: 20 });
    // Told in this order; what stands first in the audit is who asked first.
    expect((await one.notices()).sort()).toEqual(['fired 100', 'fired 80']);
  });

  it('of one machine are freed once, when ten ask at once', async () => {
    const one = await opened();
    await one.buy(5);
    await one.use(3);
    const answers = await Promise.all(Array.from({ length: 10 }, () => persist(() => one.free('host-0'))));
    expect(answers.filter(({ status }) => status === 204)).toHaveLength(1);
    expect(await one.holding()).toMatchObject({ used: 2 });
  });

  it('beyond an MSP licence are metered and told, and over-deployed without it', async () => {
    const one = await metered(2);
    await one.use(3);
    expect(await one.holding()).toMatchObject({ state: 'METERED', used: 3, seats: 2 });
    const month = new Date().toISOString().slice(0, 7);
    const usage = await call(`GET ${one.path}/seat-usage?month=${month}`, { as: one.admin });
    const [row] = usage.body.products;
    expect(row).toMatchObject({ productId: product.id, peak: 3, mspSeats: 3, overage: 1 });
    expect(row.days.at(-1)).toEqual({ day: new Date().toISOString().slice(0, 10), peak: 3 });
    await one.remove(one.subscriptionId);
    expect(await one.holding()).toMatchObject({ state: 'OVER_DEPLOYED', used: 3, seats: 0 });
    expect((await one.take('SN-9')).body.code).toBe('licensing.no_licence');
    await one.buy(10);
    expect(await toldOf(one.id)).toEqual([
      'subscription_changed ADDED',
      'seats_over_deployed 0',
      'subscription_changed REMOVED',
      'seats_over_deployed 0',
      'subscription_changed ADDED',
      'seats_over_deployed ended 0',
    ]);
  });

  it('are not metered in months to come', async () => {
    const one = await metered(2);
    const { body } = await call(`GET ${one.path}/seat-usage?month=2099-01`, { as: msp.reader });
    expect(body).toMatchObject({ code: 'request.malformed', errors: [{ pointer: '#/query/month' }] });
    const before = await call(`GET ${one.path}/seat-usage?month=2020-01`, { as: msp.reader });
    expect(before.body).toEqual({ month: '2020-01', products: [] });
  });
});
