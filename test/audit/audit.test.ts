import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { commit } from '../../lib/aws/db.ts';
import { newId } from '../../lib/aws/world.ts';
import { auditKey, rootEntry } from '../../lib/kit/keys.ts';
import type { Write } from '../../lib/kit/plan.ts';
import { plantDirectly, plantReseller } from '../kit/forest.ts';
import { type Answer, addCustomer, type Caller, call, enlist, type Msp, makeMsp } from '../kit/world.ts';

let msp: Msp;
let other: Msp;
let one: { id: string; admin: Caller };
let two: { id: string; admin: Caller };
beforeAll(async () => {
  msp = await makeMsp();
  other = await makeMsp();
  one = await addCustomer(msp, { city: 'Graz' });
  two = await addCustomer(msp);
  const changed = await call(`PATCH /v1/customers/${one.id}`, {
    as: msp.catalog,
    body: { city: 'Linz', country: 'Austria' },
    headers: { 'if-match': '"1"' },
  });
  expect(changed.status).toBe(200);
});

const list = (as: Caller, query = '') => call(`GET /v1/audit-events?${query}`, { as });
interface Entry {
  id: string;
  at: string;
  action: string;
  subject: string;
  nodeId: string;
  actor: { id: string };
}
const items = ({ body }: Answer): Entry[] => body.items;
const actions = (found: Answer) => items(found).map((entry) => entry.action);

async function everything(as: Caller, query: string): Promise<Entry[]> {
  const out: Entry[] = [];
  let cursor = '';
  do {
    const found = await list(as, `${query}${cursor && `&cursor=${cursor}`}`);
    expect(found.status).toBe(200);
    out.push(...items(found));
    cursor = found.body.nextCursor ?? '';
  } while (cursor);
  return out;
}

/** Entries as the shell writes them, below the API, so that there are many at once. */
async function plant(
  node: { providerId: string; id: string },
  count: number,
  start: number,
): Promise<string[]> {
  const ids = Array.from({ length: count }, (_, n) => newId('audit', start + n * 1000));
  const writes = ids.map(
    (id, n): Write => ({
      do: 'create',
      item: {
        ...auditKey(node.id, id),
        ...rootEntry(node.providerId, 'AUDIT', id),
        kind: 'audit',
        id,
        at: new Date(start + n * 1000).toISOString(),
        actor: { id: n % 2 ? 'per_odd' : 'per_even', kind: 'person', home: node.providerId },
        action: n % 150 === 0 ? 'planted.rare' : 'planted.often',
        subject: `thing_${n % 7}`,
      },
    }),
  );
  for (let from = 0; from < count; from += 90) {
    await commit(writes.slice(from, from + 90), randomUUID(), Date.now() + 5000);
  }
  return ids.reverse();
}

describe('the record', () => {
  it('shows the provider everything below it, newest first', async () => {
    const found = await list(msp.reader, 'limit=100');
    expect(actions(found).slice(0, 2)).toEqual(['customers.change', 'customers.add']);
    expect(actions(found)).toContain('tickets.approve');
    expect(actions(found).at(-1)).toBe('providers.create');
    const ids = items(found).map((entry) => entry.id);
    expect(ids).toEqual([...ids].sort().reverse());
    expect(new Set(items(found).map((entry) => entry.nodeId))).toEqual(new Set([msp.id, one.id, two.id]));
    expect(items(found)[0]).toMatchObject({
      subject: one.id,
      nodeId: one.id,
      actor: { id: msp.catalog.person },
    });
  });

  it('shows a customer its own alone, whatever it asks for', async () => {
    expect(actions(await list(one.admin))).toEqual(['customers.change', 'customers.add']);
    expect(actions(await list(two.admin))).toEqual(['customers.add']);
    expect(actions(await list(one.admin, `customerId=${one.id}`))).toHaveLength(2);
    expect(items(await list(one.admin, `subject=${two.id}`))).toEqual([]);
    const [sibling, never] = [
      await list(one.admin, `customerId=${two.id}`),
      await list(one.admin, `customerId=cus_${'7'.repeat(26)}`),
    ];
    expect(sibling.status).toBe(404);
    expect({ ...sibling.body, requestId: '' }).toEqual({ ...never.body, requestId: '' });
  });

  it('narrows to a customer of one’s own; another’s is not found', async () => {
    expect(actions(await list(msp.reader, `customerId=${two.id}`))).toEqual(['customers.add']);
    expect((await list(other.reader, `customerId=${two.id}`)).status).toBe(404);
    expect(items(await list(other.reader, `subject=${two.id}`))).toEqual([]);
    expect((await list(msp.operator)).status).toBe(403);
  });

  it('tells in full what differed, by whom, and who was told', async () => {
    const [latest, first] = items(await list(one.admin));
    const read = (as: Caller, query = '') => call(`GET /v1/audit-events/${latest?.id}${query}`, { as });
    const whole = await read(one.admin);
    expect(whole.body).toMatchObject({
      action: 'customers.change',
      before: { city: 'Graz', country: null },
      after: { city: 'Linz', country: 'Austria' },
      reason: null,
      announced: [{ type: 'customers.changed.v1' }],
    });
    expect(whole.headers.etag).toBe('"1"');
    expect((await read(msp.reader)).body).toEqual(whole.body);
    expect((await read(msp.reader, `?customerId=${one.id}`)).body).toEqual(whole.body);
    const added = await call(`GET /v1/audit-events/${first?.id}`, { as: msp.reader });
    expect(added.body.after).toMatchObject({ city: 'Graz', administrators: [one.admin.person] });
    const raised = items(await list(msp.reader, 'action=tickets')).at(-1);
    expect((await call(`GET /v1/audit-events/${raised?.id}`, { as: msp.reader })).body.nodeId).toBe(msp.id);
    for (const refused of [
      await read(two.admin),
      await read(two.admin, `?customerId=${one.id}`),
      await read(other.reader),
      await read(other.reader, `?customerId=${one.id}`),
      await read(msp.reader, `?customerId=${two.id}`),
      await call(`GET /v1/audit-events/${raised?.id}`, { as: one.admin }),
      await call(`GET /v1/audit-events/aud_${'7'.repeat(26)}`, { as: msp.reader }),
    ]) {
      expect(refused.status).toBe(404);
    }
  });
});

describe('a reseller', () => {
  it('reads each entry that its lists show, of itself and below, also after a move; others never', async () => {
    const house = await makeMsp();
    const top = await plantReseller(house);
    const low = await plantReseller(house, top.id);
    const leaf = await plantDirectly(low.admin);
    const [cousin, plain] = [await plantReseller(house), await enlist(leaf.id, ['CUSTOMER_ADMINISTRATOR'])];
    const read = (as: Caller, id: string | undefined, query = '') =>
      call(`GET /v1/audit-events/${id}${query}`, { as });
    for (const nodeId of [top.id, low.id, leaf.id]) {
      for (const entry of items(await list(top.admin, `customerId=${nodeId}`))) {
        const whole = await read(top.admin, entry.id, `?customerId=${nodeId}`);
        expect(whole).toMatchObject({ status: 200, body: entry });
        expect((await read(top.admin, entry.id)).body).toEqual(whole.body);
        expect((await read(cousin.admin, entry.id)).status).toBe(404);
        expect((await read(cousin.admin, entry.id, `?customerId=${nodeId}`)).status).toBe(404);
        const { provider: _, ...silent } = top.admin;
        expect((await read(silent, entry.id)).status).toBe(200);
      }
    }
    const [own] = items(await list(plain));
    expect((await read(plain, own?.id)).status).toBe(200);
    const [above] = items(await list(low.admin));
    expect((await read(plain, above?.id)).status).toBe(404);
    expect((await read(low.admin, items(await list(top.admin))[0]?.id)).status).toBe(404);
    const body = { parentId: cousin.id };
    expect((await call(`POST /v1/customers/${low.id}/move`, { as: house.catalog, body })).status).toBe(202);
    expect((await read(cousin.admin, own?.id)).status).toBe(200);
    expect((await read(top.admin, own?.id)).status).toBe(404);
    expect((await read(top.admin, own?.id, `?customerId=${leaf.id}`)).status).toBe(404);
  });
});

describe('filters and pages', () => {
  it('takes an action, or all of a context; a subject; an actor', async () => {
    expect(actions(await list(msp.reader, 'action=customers.change'))).toEqual(['customers.change']);
    expect(new Set(actions(await list(msp.reader, 'action=customers')))).toEqual(
      new Set(['customers.change', 'customers.add']),
    );
    expect(actions(await list(msp.reader, 'action=customer'))).toEqual([]);
    expect(actions(await list(msp.reader, `subject=${one.id}`))).toEqual([
      'customers.change',
      'customers.add',
    ]);
    const handled = items(await list(msp.reader, `actor=${msp.handler.person}&limit=100`));
    expect(handled.length).toBeGreaterThan(0);
    expect(new Set(handled.map((entry) => entry.actor.id))).toEqual(new Set([msp.handler.person]));
  });

  it('reads between two instants from the key: from inclusive, to exclusive', async () => {
    const start = Date.parse('2020-01-01T00:00:00.000Z');
    const quiet = await makeMsp();
    const ids = await plant({ providerId: quiet.id, id: quiet.id }, 10, start);
    const at = (second: number) => new Date(start + second * 1000).toISOString();
    const between = async (from: number, to: number) =>
      (await everything(quiet.reader, `limit=3&from=${at(from)}&to=${at(to)}`)).map((entry) => entry.id);
    expect(await between(0, 10)).toEqual(ids);
    expect(await between(2, 5)).toEqual(ids.slice(5, 8));
    expect(await between(5, 5)).toEqual([]);
    expect(await between(6, 2)).toEqual([]);
    expect(items(await list(quiet.reader, 'to=1969-01-01T00:00:00Z'))).toEqual([]);
    expect((await list(quiet.reader, 'from=9999-12-31T23:59:59Z')).body).toEqual({
      items: [],
      nextCursor: null,
    });
  });

  it('finds every match once, page after page, however rare', async () => {
    const customer = await addCustomer(msp);
    const start = Date.parse('2021-01-01T00:00:00.000Z');
    const ids = await plant({ providerId: msp.id, id: customer.id }, 450, start);
    const range = 'from=2021-01-01T00:00:00Z&to=2021-02-01T00:00:00Z';
    expect((await everything(msp.reader, `${range}&limit=100`)).map((entry) => entry.id)).toEqual(ids);
    for (const [as, query] of [
      [msp.reader, range],
      [msp.reader, `customerId=${customer.id}`],
      [customer.admin, range],
    ] as const) {
      const rare = await everything(as, `${query}&action=planted.rare&limit=2`);
      expect(rare.map((entry) => entry.id)).toEqual([ids[149], ids[299], ids[449]]);
    }
    const odd = await everything(customer.admin, 'actor=per_odd&subject=thing_3&limit=10');
    expect(odd).toHaveLength(
      Array.from({ length: 450 }, (_, n) => n).filter((n) => n % 2 && n % 7 === 3).length,
    );
    const first = await list(msp.reader, `${range}&action=planted.rare&limit=2`);
    const moved = await list(
      msp.reader,
      `${range}&action=planted.often&limit=2&cursor=${first.body.nextCursor}`,
    );
    expect(moved.body.errors).toMatchObject([{ pointer: '#/query/cursor' }]);
    const stolen = await list(
      other.reader,
      `${range}&action=planted.rare&limit=2&cursor=${first.body.nextCursor}`,
    );
    expect(stolen.status).toBe(400);
  });

  it('names what is wrong', async () => {
    for (const [query, name] of [
      ['from=yesterday', 'from'],
      ['to=2020-13-01T00:00:00Z', 'to'],
      ['action=DROP%20TABLE', 'action'],
      ['customerId=prv_1', 'customerId'],
      ['who=me', 'who'],
      ['limit=101', 'limit'],
      ['limit=1&limit=2', 'limit'],
      [`subject=${'x'.repeat(101)}`, 'subject'],
    ]) {
      const refused = await list(msp.reader, query);
      expect([refused.status, refused.body.errors[0].pointer]).toEqual([400, `#/query/${name}`]);
    }
    expect((await call('GET /v1/audit-events/aud_1', { as: msp.reader })).status).toBe(400);
  });
});
