import { beforeAll, describe, expect, it } from 'vitest';
import { newId } from '../../lib/aws/world.ts';
import { call, type Msp, makeMsp } from '../kit/world.ts';
import { announcedBy, type Desk, managedItems, openDesk, persist, poolBreaches, setPool } from './desk.ts';

let msp: Msp;
let desk: Desk;
beforeAll(async () => {
  msp = await makeMsp();
  desk = await openDesk(msp);
  await setPool(msp, 'DEVICE', 1000);
  await setPool(msp, 'FIREWALL', 3);
});

type Row = { id: string; state: string; reason: string | null; name: string; type: string };
const states = (rows: Row[]) => rows.map(({ state }) => state).join(' ');
const limits = (limit: number) => ({ model: 'ALLOCATED', allocations: { DEVICE: { limit } } });

describe('items', () => {
  it('are stored as far as licences reach; the rest waits and is not managed by itself', async () => {
    const one = await openDesk(msp);
    await one.allocate(limits(2));
    const { status, body } = await one.add(4);
    expect(status).toBe(201);
    expect(states(body.items)).toBe('MANAGED MANAGED UNMANAGED UNMANAGED');
    expect(body.items[2].reason).toBe('ALLOCATION_EXHAUSTED');
    const ids = body.items.map(({ id }: Row) => id);
    expect((await one.unmanage([ids[0]])).body.items[0]).toMatchObject({
      state: 'UNMANAGED',
      reason: 'BY_REQUEST',
    });
    expect(await managedItems(one.id, 'DEVICE')).toEqual([ids[1]]);
    expect(states((await one.manage([ids[2], ids[3]])).body.items)).toBe('MANAGED UNMANAGED');
    expect(states((await one.manage([ids[2], ids[1]])).body.items)).toBe('MANAGED MANAGED');
    expect((await one.manage([ids[0]])).body.items[0].reason).toBe('ALLOCATION_EXHAUSTED');
  });

  it('of a type that is not offered wait', async () => {
    const one = await openDesk(msp);
    await one.allocate(limits(2));
    expect((await one.add(1, 'FIREWALL')).body.items[0].reason).toBe('ALLOCATION_EXHAUSTED');
  });

  it('of several types are evaluated once per meter', async () => {
    const one = await openDesk(msp);
    await one.allocate({
      model: 'ALLOCATED',
      allocations: { DEVICE: { limit: 2 }, FIREWALL: { limit: 1 } },
    });
    const items = ['DEVICE', 'FIREWALL', 'DEVICE', 'DEVICE'].map((type) => ({ type, name: 'x' }));
    await call(`POST ${one.path('/items')}`, { as: one.admin, body: { items } });
    expect(await one.notices()).toEqual(['fired 80 100', 'fired 80 100']);
    const told = (await announcedBy(one.id)).filter(({ type }) => type.includes('threshold'));
    expect(told[0]?.data).toMatchObject({
      meter: 'LICENCE.DEVICE',
      allocated: 2,
      used: 2,
      usedPercent: 100,
      remaining: 0,
      thresholds: [
        { id: '80', at: 80 },
        { id: '100', at: 100 },
      ],
    });
    await one.allocate({ model: 'SHARED' });
  });

  it('are read, listed by type and state, and deleted', async () => {
    const body = {
      items: [
        { type: 'DEVICE', name: 'Core switch', externalId: 'sw-1' },
        { type: 'FIREWALL', name: 'Gate' },
        { type: 'FIREWALL', name: 'Second gate' },
        { type: 'STORAGE_DEVICE', name: 'Vault' },
      ],
    };
    const added = (await call(`POST ${desk.path('/items')}`, { as: desk.admin, body })).body.items;
    expect(states(added)).toBe('MANAGED MANAGED MANAGED UNMANAGED');
    const ids = [added[1].id];
    const rehearsals = [
      ['POST', '/items?dryRun=true', body],
      ['POST', '/items/unmanage?dryRun=true', { ids }],
      ['POST', '/items/manage?dryRun=true', { ids }],
      ['DELETE', `/items/${ids[0]}?dryRun=true`, undefined],
    ] as const;
    for (const [method, rest, sent] of rehearsals) {
      const dry = await call(`${method} ${desk.path(rest)}`, {
        as: desk.admin,
        headers: { 'if-match': '*' },
        ...(sent ? { body: sent } : {}),
      });
      expect([rest, dry.status, dry.headers['quartermaster-dry-run']]).toEqual([rest, 200, 'true']);
    }
    const read = await call(`GET ${desk.path(`/items/${added[0].id}`)}`, { as: msp.reader });
    expect(read).toMatchObject({ headers: { etag: '"1"' }, body: { ...body.items[0], state: 'MANAGED' } });
    const list = async (query: string) =>
      (await call(`GET ${desk.path(`/items?${query}`)}`, { as: msp.reader })).body;
    const names = async (query: string) => (await list(query)).items.map(({ name }: Row) => name).sort();
    expect(await names('type=FIREWALL')).toEqual(['Gate', 'Second gate']);
    expect(await names('state=UNMANAGED')).toEqual(['Vault']);
    expect(await names('type=FIREWALL&state=UNMANAGED')).toEqual([]);
    const first = await list('limit=3');
    expect(first.items).toHaveLength(3);
    expect((await list(`limit=3&cursor=${first.nextCursor}`)).items).toHaveLength(1);
    expect((await list('type=FIREWALL&limit=1')).nextCursor).not.toBeNull();
    expect((await list('state=GONE')).status).toBe(400);
    const remove = (etag: string, id = added[1].id) =>
      call(`DELETE ${desk.path(`/items/${id}`)}`, { as: desk.admin, headers: { 'if-match': etag } });
    expect((await remove('"7"')).status).toBe(412);
    expect((await remove('"1"')).status).toBe(204);
    expect((await remove('"1"')).status).toBe(404);
    expect((await remove('"1"', added[3].id)).status).toBe(204);
    expect((await call(`GET ${desk.path(`/items/${added[1].id}`)}`, { as: msp.reader })).status).toBe(404);
    expect(await names('type=FIREWALL')).toEqual(['Second gate']);
  });

  it('of others do not exist', async () => {
    const other = await openDesk(msp);
    const mine = (await desk.add(1)).body.items[0].id;
    const missing = newId('item', Date.now());
    for (const move of [other.manage, other.unmanage]) {
      expect(await move([mine, missing])).toMatchObject({
        status: 404,
        body: { code: 'licensing.unknown_items', ids: [mine, missing] },
      });
    }
    expect((await call(`GET ${other.path(`/items/${mine}`)}`, { as: msp.reader })).status).toBe(404);
    expect((await call(`POST ${desk.path('/items')}`, { as: other.admin, body: { items: [] } })).status).toBe(
      400,
    );
    const body = { items: [{ type: 'DEVICE', name: 'x' }] };
    expect((await call(`POST ${desk.path('/items')}`, { as: other.admin, body })).status).toBe(404);
    expect((await call(`POST ${desk.path('/items')}`, { as: msp.reader, body })).status).toBe(403);
  });

  it('with bad fields are refused by name, and nothing is stored', async () => {
    const one = await openDesk(msp);
    const ok = { type: 'DEVICE', name: 'x' };
    const wrong: [unknown, string][] = [
      [{ items: [] }, '#/items'],
      [{ items: Array.from({ length: 61 }, () => ok) }, '#/items'],
      [{ items: [ok, { ...ok, name: 'a\r\nb' }] }, '#/items/1/name'],
      [{ items: [{ ...ok, type: 'TOASTER' }] }, '#/items/0/type'],
      [
        {
          items: [
            { ...ok, externalId: 'a' },
            { ...ok, externalId: 'a' },
          ],
        },
        '#/items/1/externalId',
      ],
      [{ items: [{ ...ok, state: 'MANAGED' }] }, '#/items/0/state'],
      [{ items: [ok], force: true }, '#/force'],
    ];
    for (const [body, pointer] of wrong) {
      const answer = await call(`POST ${one.path('/items')}`, { as: msp.catalog, body });
      expect(answer).toMatchObject({ status: 400, body: { errors: [{ pointer }] } });
    }
    const id = newId('item', Date.now());
    expect((await one.manage([id, id])).body.errors[0].pointer).toBe('#/ids');
    expect((await call(`GET ${one.path('/items')}`, { as: msp.reader })).body.items).toEqual([]);
  });
});

describe('races', () => {
  it('of 30 managing at once against 10 free manage exactly 10: limit and pool alike', async () => {
    const own = await makeMsp();
    await setPool(own, 'DEVICE', 10);
    const desks = await Promise.all([1, 2, 3].map(() => openDesk(own)));
    const answers = await Promise.all(
      Array.from({ length: 30 }, (_, at) => persist(() => (desks[at % 3] as Desk).add(1))),
    );
    const rows = answers.flatMap(({ body }) => body.items as Row[]);
    expect(rows.filter(({ state }) => state === 'MANAGED')).toHaveLength(10);
    expect(rows).toHaveLength(30);
    expect(
      await poolBreaches(
        own.id,
        desks.map(({ id }) => id),
      ),
    ).toEqual([]);
    const [first] = desks as [Desk];
    await setPool(own, 'DEVICE', 100);
    await first.allocate(limits(20));
    const waiting = rows.filter(({ state }) => state === 'UNMANAGED').length;
    expect(waiting).toBe(20);
    const more = (await first.add(30)).body.items as Row[];
    await first.unmanage(await managedItems(first.id, 'DEVICE'));
    await first.allocate(limits(10));
    const managed = await Promise.all(more.map(({ id }) => persist(() => first.manage([id]))));
    const all = managed.flatMap(({ body }) => body.items as Row[]);
    expect(all.filter(({ state }) => state === 'MANAGED')).toHaveLength(10);
    expect(await managedItems(first.id, 'DEVICE')).toHaveLength(10);
    expect(
      await poolBreaches(
        own.id,
        desks.map(({ id }) => id),
      ),
    ).toEqual([]);
    expect(await first.notices()).toEqual(expect.arrayContaining(['fired 80', 'fired 100']));
  });

  it('of 30 at once across a threshold tell it once, and lose no use', async () => {
    const one = await openDesk(msp);
    await one.soft(100);
    await one.use(60);
    await Promise.all(Array.from({ length: 30 }, () => persist(() => one.add(1))));
    expect(await one.notices()).toEqual(['fired 80']);
    expect(await managedItems(one.id, 'DEVICE')).toHaveLength(90);
    const { body } = await call(`GET ${one.path('/licences')}`, { as: msp.reader });
    expect(body.resources[0].used).toBe(90);
  });

  it('between a change of model and new items leave the pool whole', async () => {
    const own = await makeMsp();
    await setPool(own, 'DEVICE', 50);
    const one = await openDesk(own);
    const [allotted] = await Promise.all([
      persist(() => one.allocate(limits(20))),
      ...Array.from({ length: 6 }, () => persist(() => one.add(2))),
    ]);
    expect([200, 409]).toContain(allotted.status);
    expect(await poolBreaches(own.id, [one.id])).toEqual([]);
    const used = await managedItems(one.id, 'DEVICE');
    const { body } = await call(`GET ${one.path('/licences')}`, { as: own.reader });
    expect(body.resources[0].used).toBe(used.length);
  });
});
