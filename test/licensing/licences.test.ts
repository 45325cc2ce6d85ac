import { beforeAll, describe, expect, it } from 'vitest';
import { meanwhile } from '../kit/faults.ts';
import { call, type Msp, makeMsp } from '../kit/world.ts';
import { announcedBy, type Desk, managedItems, openDesk, poolBreaches, setPool } from './desk.ts';

let msp: Msp;
let desk: Desk;
beforeAll(async () => {
  msp = await makeMsp();
  desk = await openDesk(msp);
});

const any = { 'if-match': '*' };
const allocated = (DEVICE: number | null, enforcement = 'HARD', more = {}) => ({
  model: 'ALLOCATED',
  allocations: { DEVICE: { limit: DEVICE, enforcement } },
  ...more,
});
const pool = async (type = 'DEVICE') => (await call(`GET /v1/licence-pool/${type}`, { as: msp.reader })).body;
const devices = async (of: Desk, as = msp.reader) => {
  const { body } = await call(`GET ${of.path('/licences')}`, { as });
  return body.resources.find((one: { resourceType: string }) => one.resourceType === 'DEVICE');
};

describe('the pool', () => {
  it('is set, raised and lowered, bound to its ETag', async () => {
    const first = await call('GET /v1/licence-pool/FIREWALL', { as: msp.reader });
    expect(first.body).toMatchObject({ licensed: 0, available: 0, version: 0 });
    const headers = { 'if-match': first.headers.etag ?? '' };
    const set = (licensed: unknown, query = '') =>
      call(`PUT /v1/licence-pool/FIREWALL${query}`, { as: msp.catalog, body: { licensed }, headers });
    const dry = await set(10, '?dryRun=true');
    expect(dry.body).toMatchObject({ licensed: 10, version: 1 });
    expect((await pool('FIREWALL')).version).toBe(0);
    expect(await set(10)).toMatchObject({ status: 200, body: { licensed: 10, available: 10 } });
    expect((await set(20)).status).toBe(412);
    headers['if-match'] = '"1"';
    expect(await set(4)).toMatchObject({ body: { licensed: 4, available: 4, version: 2 } });
    headers['if-match'] = '*';
    expect(await set(4)).toMatchObject({ status: 200, headers: { etag: '"2"' } });
    for (const wrong of [-1, 1.5, 1_000_000_001, '4', null]) {
      expect(await set(wrong)).toMatchObject({ status: 400, body: { errors: [{ pointer: '#/licensed' }] } });
    }
    const listed = await call('GET /v1/licence-pool', { as: msp.reader });
    expect(listed.body.items).toHaveLength(8);
    expect((await call('GET /v1/licence-pool/TOASTER', { as: msp.reader })).status).toBe(400);
    expect(
      (await call('PUT /v1/licence-pool/DEVICE', { as: msp.reader, body: { licensed: 1 }, headers: any }))
        .status,
    ).toBe(403);
    expect((await call('GET /v1/licence-pool', { as: desk.admin })).status).toBe(403);
  });

  it('is never set below what is allocated or in use', async () => {
    const own = await makeMsp();
    const [limited, sharing] = [await openDesk(own), await openDesk(own)];
    await setPool(own, 'DEVICE', 100);
    await limited.allocate(allocated(60));
    await sharing.add(15);
    const refused = await setPool(own, 'DEVICE', 74);
    expect(refused).toMatchObject({
      status: 409,
      body: { code: 'licensing.pool_committed', available: 25, resourceType: 'DEVICE' },
    });
    expect(await setPool(own, 'DEVICE', 75)).toMatchObject({
      body: { licensed: 75, allocated: 60, sharedUsed: 15, available: 0 },
    });
    expect(await poolBreaches(own.id, [limited.id, sharing.id])).toEqual([]);
  });

  it('keeps one of two settings made at once with one ETag', async () => {
    const own = await makeMsp();
    const put = (licensed: number) =>
      call('PUT /v1/licence-pool/DEVICE', {
        as: own.catalog,
        body: { licensed },
        headers: { 'if-match': '"1"' },
      });
    await setPool(own, 'DEVICE', 100);
    const answers = await Promise.all([put(200), put(50), put(70)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 412, 412]);
  });
});

describe('allocation', () => {
  it('starts shared, is allotted, and returns to the pool', async () => {
    await setPool(msp, 'DEVICE', 100);
    const fresh = await call(`GET ${desk.path('/licences')}`, { as: desk.admin });
    expect(fresh).toMatchObject({ headers: { etag: '"0"' }, body: { model: 'SHARED', graceDays: 14 } });
    expect(await devices(desk)).toMatchObject({ allocated: null, used: 0, usedPercent: null, bands: [] });
    const dry = await desk.allocate(allocated(40), '?dryRun=true');
    expect(dry.body.model).toBe('ALLOCATED');
    expect((await pool()).available).toBe(100);
    const set = await call(`PUT ${desk.path('/licences')}`, {
      as: msp.catalog,
      body: allocated(40),
      headers: { 'if-match': '"0"' },
    });
    expect(set).toMatchObject({ status: 200, headers: { etag: '"1"' } });
    expect(await pool()).toMatchObject({ allocated: 40, sharedUsed: 0, available: 60 });
    await desk.add(10);
    expect(await devices(desk, desk.admin)).toMatchObject({
      allocated: 40,
      used: 10,
      remaining: 30,
      usedPercent: 25,
      enforcement: 'HARD',
      overLimit: null,
      bands: [
        { threshold: 80, firedAt: null },
        { threshold: 100, firedAt: null },
      ],
    });
    expect((await pool()).available).toBe(60);
    const shared = await desk.allocate({ model: 'SHARED' });
    expect(shared.body.model).toBe('SHARED');
    expect(await pool()).toMatchObject({ allocated: 0, sharedUsed: 10, available: 90 });
    expect(
      (await announcedBy(desk.id)).filter(({ type }) => type.includes('allocation_changed')),
    ).toMatchObject([
      { data: { model: 'ALLOCATED', limits: { DEVICE: 40, FIREWALL: 0 } } },
      { data: { model: 'SHARED', limits: {} } },
    ]);
  });

  it('refuses more than the pool has, telling what is available', async () => {
    const one = await openDesk(msp);
    const { available } = await pool();
    const refused = await one.allocate(allocated(available + 1));
    expect(refused).toMatchObject({
      status: 409,
      body: { code: 'licensing.pool_exhausted', available, resourceType: 'DEVICE' },
    });
    expect((await one.allocate(allocated(1), '?dryRun=true')).status).toBe(200);
    const none = { model: 'ALLOCATED', allocations: { ACCESS_POINT: { limit: 1 } } };
    expect((await one.allocate(none)).body).toMatchObject({ available: 0, resourceType: 'ACCESS_POINT' });
  });

  it('of what another was given between look and write is refused: the pool is never sold twice', async () => {
    const own = await makeMsp();
    const [one, two] = [await openDesk(own), await openDesk(own)];
    await setPool(own, 'DEVICE', 10);
    meanwhile('TransactWriteItems', () => two.allocate(allocated(7)));
    expect((await one.allocate(allocated(7))).body).toMatchObject({
      code: 'licensing.pool_exhausted',
      available: 3,
    });
    expect((await one.allocate(allocated(3))).status).toBe(200);
    expect(await poolBreaches(own.id, [one.id, two.id])).toEqual([]);
  });

  it('refuses a limit below use, or unmanages those managed last when forced', async () => {
    const one = await openDesk(msp);
    await one.allocate(allocated(10));
    const added = (await one.add(6)).body.items.map(({ id }: { id: string }) => id);
    await one.unmanage([added[0]]);
    await one.manage([added[0]]);
    expect(await one.allocate(allocated(5))).toMatchObject({
      status: 409,
      body: {
        code: 'licensing.limit_below_use',
        resources: [{ resourceType: 'DEVICE', used: 6, limit: 5 }],
      },
    });
    expect((await one.allocate({ model: 'ALLOCATED' })).body.code).toBe('licensing.limit_below_use');
    const dry = await one.allocate(allocated(5), '?force=true&dryRun=true');
    expect(dry.body.resources[0]).toMatchObject({ used: 5, allocated: 5 });
    expect((await one.allocate(allocated(5), '?force=true')).status).toBe(200);
    const kept = await managedItems(one.id, 'DEVICE');
    expect(kept.sort()).toEqual(added.slice(1).sort());
    const gone = await call(`GET ${one.path(`/items/${added[0]}`)}`, { as: one.admin });
    expect(gone.body).toMatchObject({ state: 'UNMANAGED', reason: 'LIMIT_LOWERED' });
    await one.allocate(allocated(10));
    expect(await managedItems(one.id, 'DEVICE')).toHaveLength(5);
  });

  it('forces at most 60 items at once', async () => {
    const one = await openDesk(msp);
    await setPool(msp, 'IP_SWITCH_PORT', 100);
    await one.add(60, 'IP_SWITCH_PORT');
    await one.add(1, 'IP_SWITCH_PORT');
    expect(await one.allocate({ model: 'ALLOCATED' }, '?force=true')).toMatchObject({
      status: 409,
      body: { code: 'licensing.too_many_to_unmanage', items: 61, most: 60 },
    });
    const step = { model: 'ALLOCATED', allocations: { IP_SWITCH_PORT: { limit: 1 } } };
    expect((await one.allocate(step, '?force=true')).status).toBe(200);
    expect(await managedItems(one.id, 'IP_SWITCH_PORT')).toHaveLength(1);
    expect(await pool('IP_SWITCH_PORT')).toMatchObject({ allocated: 1, available: 99 });
  });

  it('binds to its ETag and refuses bad input by name', async () => {
    const one = await openDesk(msp);
    await one.allocate(allocated(1));
    const put = (body: unknown, etag = '"1"', as = msp.catalog) =>
      call(`PUT ${one.path('/licences')}`, { as, body, headers: { 'if-match': etag } });
    expect((await put(allocated(2), '"0"')).status).toBe(412);
    expect((await put(allocated(2), '"1"', msp.reader)).status).toBe(403);
    expect((await call(`PUT ${one.path('/licences')}`, { as: msp.catalog, body: allocated(1) })).status).toBe(
      428,
    );
    const wrong: [unknown, string][] = [
      [{ model: 'FREE' }, '#/model'],
      [{ model: 'SHARED', allocations: { DEVICE: { limit: 1 } } }, '#/allocations'],
      [{ model: 'ALLOCATED', allocations: { TOASTER: { limit: 1 } } }, '#/allocations/TOASTER'],
      [allocated(-1), '#/allocations/DEVICE/limit'],
      [allocated(1_000_000_001), '#/allocations/DEVICE/limit'],
      [allocated(1, 'HARDER'), '#/allocations/DEVICE/enforcement'],
      [allocated(1, 'SOFT', { graceDays: 366 }), '#/graceDays'],
      [allocated(1, 'SOFT', { overLimitEffect: 'evict' }), '#/overLimitEffect'],
    ];
    for (const [body, pointer] of wrong)
      expect(await put(body)).toMatchObject({ status: 400, body: { errors: [{ pointer }] } });
  });

  it('does not exist for others', async () => {
    const other = await makeMsp();
    for (const line of ['GET /licences', 'GET /items', 'GET /notification-settings']) {
      const [method, rest] = line.split(' ');
      expect((await call(`${method} ${desk.path(rest)}`, { as: other.catalog })).status).toBe(404);
    }
    const put = await call(`PUT ${desk.path('/licences')}`, {
      as: other.catalog,
      body: allocated(1),
      headers: any,
    });
    expect(put.status).toBe(404);
  });
});

describe('over a soft limit', () => {
  it('is a state with a date, told when it begins and ends', async () => {
    const one = await openDesk(msp);
    await one.allocate(allocated(2, 'SOFT', { graceDays: 7 }));
    const added = (await one.add(3)).body.items;
    expect(added.every(({ state }: { state: string }) => state === 'MANAGED')).toBe(true);
    const { overLimit, remaining } = await devices(one);
    expect(remaining).toBe(0);
    expect(Date.parse(overLimit.graceUntil) - Date.parse(overLimit.overSince)).toBe(7 * 86_400_000);
    await one.unmanage([added[0].id]);
    expect((await devices(one)).overLimit).toBeNull();
    const told = (await announcedBy(one.id)).filter(({ type }) => type === 'licensing.over_limit_changed.v1');
    expect(told.map(({ data }) => data.overSince)).toEqual([overLimit.overSince, null]);
  });

  it('blocks new items after grace where that is the effect', async () => {
    const one = await openDesk(msp);
    await one.allocate(allocated(1, 'SOFT', { graceDays: 0, overLimitEffect: 'block-new' }));
    await one.add(2);
    const late = await one.add(1);
    expect(late.body.items).toMatchObject([{ state: 'UNMANAGED', reason: 'ALLOCATION_EXHAUSTED' }]);
    await one.allocate(allocated(1, 'SOFT', { graceDays: 0, overLimitEffect: 'mark' }));
    expect((await one.manage([late.body.items[0].id])).body.items[0].state).toBe('MANAGED');
    expect((await one.allocate(allocated(1, 'HARD'))).body.code).toBe('licensing.limit_below_use');
  });

  it('draws what is beyond the limit from the pool, and an unlimited type as it is used', async () => {
    const own = await makeMsp();
    const [soft, unlimited] = [await openDesk(own), await openDesk(own)];
    await setPool(own, 'DEVICE', 10);
    await soft.allocate(allocated(4, 'SOFT'));
    await unlimited.allocate(allocated(null));
    await soft.add(6);
    await unlimited.add(3);
    expect((await soft.add(3)).body.items.map(({ state }: { state: string }) => state)).toEqual([
      'MANAGED',
      'UNMANAGED',
      'UNMANAGED',
    ]);
    expect(await poolBreaches(own.id, [soft.id, unlimited.id])).toEqual([]);
    expect((await unlimited.add(1)).body.items[0].state).toBe('UNMANAGED');
  });
});
