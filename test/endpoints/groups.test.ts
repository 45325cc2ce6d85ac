import { beforeAll, describe, expect, it } from 'vitest';
import { commit } from '../../lib/aws/db.ts';
import { newId } from '../../lib/aws/world.ts';
import { countMachines, defaultGroup, groupItem, mostGroups, toGroup } from '../../lib/endpoints/group.ts';
import { defaultGroupId } from '../../lib/kit/id.ts';
import { consoleKey } from '../../lib/kit/keys.ts';
import { plantCustomer } from '../kit/plant.ts';
import { type Caller, call, enlist, type Msp, makeMsp } from '../kit/world.ts';
import { receiptsOf } from '../notifications/scene.ts';
import { any, desk } from './desk.ts';

let msp: Msp;
let customer: { id: string; admin: Caller };
let one: ReturnType<typeof desk>;
beforeAll(async () => {
  msp = await makeMsp();
  customer = await plantCustomer(msp.id);
  one = desk(customer);
});

const put = (...writes: Parameters<typeof commit>[0]) =>
  commit(writes, newId('request', Date.now()), Date.now() + 5000);
const first = `${defaultGroup.id}`;

describe('groups of machines', () => {
  it('begin with a default group that is there without being stored, and is kept once it is changed', async () => {
    const { id, admin } = await plantCustomer(msp.id);
    const fresh = desk({ id, admin });
    const list = await fresh.get(fresh.groups);
    expect(list.body).toEqual({
      items: [{ id: first, name: 'Default', parentId: null, policyId: null, machines: 0 }],
      nextCursor: null,
    });
    const read = await fresh.get(`${fresh.groups}/${first}`);
    expect(read).toMatchObject({ status: 200, headers: { etag: '"0"' }, body: { name: 'Default' } });
    expect(read.body.effectivePolicy).toMatchObject({ policyId: null, version: 0, groupId: null });
    const renamed = await fresh.change(first, { name: 'Everything' }, { 'if-match': '"0"' });
    expect(renamed).toMatchObject({ status: 200, headers: { etag: '"1"' }, body: { name: 'Everything' } });
    expect((await fresh.get(fresh.groups)).body.items).toEqual([renamed.body]);
    expect((await fresh.change(first, { name: 'Again' }, { 'if-match': '"0"' })).status).toBe(412);
  });

  it('are added, shown, listed, renamed, moved and deleted; each change says before and after', async () => {
    const servers = await one.group({ name: 'Servers' });
    expect(servers).toMatchObject({ status: 201, headers: { etag: '"1"' }, body: { parentId: first } });
    const web = await one.group({ name: 'Web', parentId: servers.body.id });
    const at = web.headers.location ?? '';
    expect(at).toBe(`${one.groups}/${web.body.id}`);
    const moved = await one.change(
      web.body.id,
      { name: 'Web servers', parentId: first },
      { 'if-match': '"1"' },
    );
    expect(moved).toMatchObject({
      status: 200,
      body: { id: web.body.id, name: 'Web servers', parentId: first },
    });
    expect((await one.get(at)).body).toMatchObject(moved.body);
    expect((await one.change(web.body.id, { name: 'Web servers' })).headers.etag).toBe('"2"');
    expect((await one.remove(at, { 'if-match': '"1"' })).status).toBe(412);
    expect((await one.remove(at)).status).toBe(204);
    expect((await one.remove(at)).status).toBe(404);
    expect((await one.get(at)).status).toBe(404);
    expect((await one.change(web.body.id, { name: 'Gone' })).status).toBe(404);
    const told = (await receiptsOf(customer.id)).filter(({ subject }) => subject === web.body.id);
    expect(told.map(({ action, before, after }) => ({ action, before, after }))).toEqual([
      { action: 'groups.add', before: undefined, after: expect.objectContaining({ name: 'Web' }) },
      {
        action: 'groups.change',
        before: { name: 'Web', parentId: servers.body.id },
        after: { name: 'Web servers', parentId: first },
      },
      {
        action: 'groups.delete',
        before: { name: 'Web servers', parentId: first, policyId: null },
        after: undefined,
      },
    ]);
  });

  it('are listed page by page, the default one first and once, stored or not', async () => {
    const fresh = desk(await plantCustomer(msp.id));
    const made = [await fresh.group(), await fresh.group(), await fresh.group()].map(({ body }) => body.id);
    for (const stored of [false, true]) {
      if (stored) await fresh.change(first, { name: 'Stored' });
      for (const limit of [1, 2, 3, 4, 5]) {
        const seen: string[] = [];
        for (let cursor: string | null = ''; cursor !== null; ) {
          const { body } = await fresh.get(`${fresh.groups}?limit=${limit}${cursor && `&cursor=${cursor}`}`);
          expect(body.items.length).toBeLessThanOrEqual(limit);
          seen.push(...body.items.map(({ id }: { id: string }) => id));
          cursor = body.nextCursor;
        }
        expect(seen).toEqual([first, ...made]);
      }
    }
  });

  it('stay a tree: not into itself, not too deep, siblings by different names, below a group that is there', async () => {
    const ids = [first];
    for (let level = 2; level <= 5; level++) ids.push((await one.group({ parentId: ids.at(-1) })).body.id);
    const [, top = '', second = '', , bottom = ''] = ids;
    expect((await one.group({ parentId: bottom })).body.code).toBe('endpoints.groups_too_deep');
    for (const parentId of [top, bottom])
      expect((await one.change(top, { parentId })).body.code).toBe('endpoints.group_into_itself');
    const two = (await one.group()).body.id;
    await one.group({ parentId: two });
    expect((await one.change(two, { parentId: ids[3] })).body.code).toBe('endpoints.groups_too_deep');
    await one.group({ name: 'Twice', parentId: top });
    const twin = await one.group({ name: ' tWiCe', parentId: top });
    expect(twin.body).toMatchObject({ code: 'endpoints.group_name_taken', errors: [{ pointer: '#/name' }] });
    const elsewhere = await one.group({ name: 'Twice', parentId: second });
    expect(elsewhere.status).toBe(201);
    expect((await one.change(elsewhere.body.id, { parentId: top })).body.code).toBe(
      'endpoints.group_name_taken',
    );
    const stranger = (await desk(await plantCustomer(msp.id)).group()).body.id;
    for (const parentId of [stranger, newId('machineGroup', 1)]) {
      expect((await one.group({ parentId })).body.code).toBe('endpoints.group_unknown');
      expect((await one.change(two, { parentId })).body.code).toBe('endpoints.group_unknown');
    }
    expect((await one.change(first, { parentId: two })).body.code).toBe('endpoints.default_group_stays');
    expect((await one.remove(`${one.groups}/${first}`)).body.code).toBe('endpoints.default_group_stays');
  });

  it('move into each other at once: one of two does', async () => {
    for (let round = 0; round < 12; round++) {
      const [a, b] = [(await one.group()).body.id, (await one.group()).body.id];
      const answers = await Promise.all([one.change(a, { parentId: b }), one.change(b, { parentId: a })]);
      expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
    }
  });

  it('count machines past their version: what people change meanwhile keeps the count, and a group with machines stays', async () => {
    const { body } = await one.group();
    const found = toGroup({ ...body, version: 1 });
    await put(countMachines(customer.id, found, 1));
    const renamed = await one.change(body.id, { name: 'Counted' }, { 'if-match': '"1"' });
    expect(renamed.status).toBe(200);
    expect((await one.get(`${one.groups}/${body.id}`)).body).toMatchObject({ name: 'Counted', machines: 1 });
    const refused = await one.remove(`${one.groups}/${body.id}`);
    expect(refused.body).toMatchObject({ code: 'endpoints.group_not_empty', machines: 1, groups: 0 });
    await put(countMachines(customer.id, found, -1));
    await expect(put(countMachines(customer.id, found, -1))).rejects.toThrow();
    const child = await one.group({ parentId: body.id });
    expect((await one.remove(`${one.groups}/${body.id}`)).body).toMatchObject({
      code: 'endpoints.group_not_empty',
      groups: 1,
    });
    await one.remove(`${one.groups}/${child.body.id}`);
    expect((await one.remove(`${one.groups}/${body.id}`)).status).toBe(204);
  });

  it('take a machine into the default group before anybody stored that', async () => {
    const fresh = desk(await plantCustomer(msp.id));
    const id = fresh.path.split('/').at(-1) ?? '';
    await put(countMachines(id, defaultGroup, 1));
    expect((await fresh.get(`${fresh.groups}/${first}`)).body).toMatchObject({
      name: 'Default',
      machines: 1,
    });
  });

  it('are at most 200 besides the default one', async () => {
    const full = await plantCustomer(msp.id);
    const writes = Array.from({ length: 99 }, () => ({
      do: 'create' as const,
      item: groupItem(full.id, {
        ...{ id: newId('machineGroup', Date.now()), name: newId('group', 1), parentId: first },
        ...{ policyId: null, machines: 0, version: 1 },
      }),
    }));
    const item = { ...consoleKey(full.id), kind: 'console', groups: mostGroups, policies: 0, version: 7 };
    await put(...writes, { do: 'create', item });
    const refused = await desk(full).group();
    expect(refused.body).toMatchObject({ code: 'endpoints.too_many_groups', most: 200 });
  });

  it.each([
    ['#/name', { name: '' }],
    ['#/name', { name: 'see https://evil.example' }],
    ['#/parentId', { parentId: 'mgr_1' }],
    ['#/parentId', { parentId: null }],
    ['#/policyId', { policyId: 'pol_1' }],
    ['#/machines', { machines: 4 }],
  ])('name %s in a refusal of %j', async (pointer, body) => {
    const answer = await one.group(body);
    expect(answer.status).toBe(400);
    expect(answer.body.errors.map((wrong: { pointer: string }) => wrong.pointer)).toContain(pointer);
  });

  it('are the customer’s alone: its readers read, nobody else’s people see anything', async () => {
    const reader = await enlist(customer.id, ['CUSTOMER_OPERATOR']);
    expect((await call(`GET ${one.groups}`, { as: reader })).status).toBe(200);
    const asReader = desk(customer, reader);
    expect((await asReader.group()).status).toBe(403);
    expect((await asReader.change(defaultGroupId, { name: 'Mine' }, any)).status).toBe(403);
    const { admin } = await plantCustomer(msp.id);
    expect((await desk(customer, admin).get(one.groups)).status).toBe(404);
  });
});
