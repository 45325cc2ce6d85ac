import { randomUUID } from 'node:crypto';
import { parse } from 'csv-parse/sync';
import { beforeAll, describe, expect, it } from 'vitest';
import { commit, get } from '../../lib/aws/db.ts';
import { customerServiceKey, type Key, nodeKey, userServiceKey } from '../../lib/kit/keys.ts';
import type { Item } from '../../lib/kit/plan.ts';
import type { BillRow } from '../../lib/services/billing.ts';
import type { Period } from '../../lib/services/instance.ts';
import { deliver } from '../kit/deliver.ts';
import { type Branch, plantDirectly, plantReseller } from '../kit/forest.ts';
import { type Answer, type Caller, call, ensureMspMode, type Msp, makeMsp } from '../kit/world.ts';
import { add, change, remove } from '../users/people.ts';
import { define, give, giveUser, offer, price, take, takeUser } from './desk.ts';

let msp: Msp;
let as: Caller;
beforeAll(async () => {
  msp = await makeMsp();
  as = msp.catalog;
  await ensureMspMode(msp);
});

const longAgo = '2026-01-05T00:00:00.000Z';
const past = '2026-02';
const headers = { 'if-match': '*' };

async function rewrite(key: Key, with_: (item: Record<string, unknown>) => object): Promise<void> {
  const item = await get(key, true);
  if (!item) throw new Error(`Nothing at ${key.SK}`);
  const version = Number(item.version);
  const after = { ...item, ...with_(item), version: version + 1 } as unknown as Item & { version: number };
  await commit([{ do: 'replace', version, item: after }], randomUUID(), Date.now() + 5000);
}
const backdated = ({ periods }: Record<string, unknown>) => ({
  periods: (periods as Period[]).map((one) => ({ ...one, from: longAgo })),
});

async function bill(by: Caller, month: string, limit: number): Promise<BillRow[]> {
  const out: BillRow[] = [];
  let cursor: string | null = null;
  do {
    const more: string = cursor ? `&cursor=${encodeURIComponent(cursor)}` : '';
    const { status, body } = await call(`GET /v1/billing?month=${month}&limit=${limit}${more}`, { as: by });
    expect(status).toBe(200);
    out.push(...body.items);
    cursor = body.nextCursor;
  } while (cursor);
  return out;
}

/** The month that is over, whatever the page size, as JSON and CSV; in an order that names do not change. */
async function pastBill(by: Caller): Promise<BillRow[]> {
  const lines = await bill(by, past, 100);
  for (const limit of [1, 2, 3]) expect(await bill(by, past, limit)).toEqual(lines);
  const csv = await call(`GET /v1/billing.csv?month=${past}`, { as: by });
  const rows = parse(String(csv.body), { columns: true }) as Record<string, string>[];
  expect(rows).toEqual(
    lines.map((one) =>
      Object.fromEntries(Object.entries(one).map(([name, value]) => [name, `${value ?? ''}`])),
    ),
  );
  const key = (one: BillRow) => `${one.customerId}${one.serviceId}${one.userId}`;
  return lines.sort((a, b) => (key(a) < key(b) ? -1 : 1));
}

/** A reseller's customer with a service, four users with it, and all of that since January. */
async function scene() {
  const [from, to] = [await plantReseller(msp), await plantReseller(msp)];
  const mail = await define(as);
  const basic = await price(as, mail, { sku: 'M-1' });
  const seat = await price(as, mail, { audience: 'USER', name: 'Seat', salesPrice: 300 });
  for (const one of [from, to]) await offer(as, one, mail);
  const { id, domains } = await plantDirectly(from.admin);
  await rewrite(nodeKey(id), () => ({ createdAt: longAgo }));
  await give(as, { id }, mail, basic);
  await rewrite(customerServiceKey(id, mail.body.id), backdated);
  const users: Answer[] = [];
  for (let index = 0; index < 4; index++) {
    const user = await add({ id, path: [], domain: domains[0].name }, as, { testUser: index === 3 });
    await giveUser(as, user, mail, seat);
    await rewrite(userServiceKey(id, user.body.id, mail.body.id), backdated);
    users.push(user);
  }
  return { from, to, mail, basic, seat, id, users: users as [Answer, Answer, Answer, Answer] };
}
const running = (branch: Branch) => bill(branch.admin, new Date().toISOString().slice(0, 7), 100);

describe('a bill of a month that is over', () => {
  it('stays as it was, whatever becomes of test flags, plans, users and services', async () => {
    const { from, mail, basic, seat, id, users } = await scene();
    const before = await pastBill(from.admin);
    expect(before.map(({ amount }) => amount).sort()).toEqual([300, 300, 300, 900]);
    expect(new Set(before.map(({ billedBy }) => billedBy))).toEqual(new Set([from.id]));
    const [one, two, three, tester] = users;
    await change(one, as, { testUser: true }, '*');
    await change(tester, as, { testUser: false }, '*');
    await call(`PATCH ${basic.headers.location}`, {
      as,
      headers,
      body: { name: 'Gold', sku: 'M-2', salesPrice: 5000 },
    });
    await call(`PATCH ${seat.headers.location}`, { as, headers, body: { name: 'Chair' } });
    await takeUser(as, two, mail);
    await remove(three, as);
    expect(await pastBill(from.admin)).toEqual(before);
    const now = (await running(from)).map(({ planName, sku, amount, userId }) => [
      planName,
      sku,
      amount,
      userId,
    ]);
    expect(now.sort()).toEqual(
      [
        ['Gold', 'M-2', 5000, null],
        ['Chair', null, 300, tester.body.id],
        ['Chair', null, 0, two.body.id],
        ['Chair', null, 0, three.body.id],
      ].sort(),
    );
    await take(as, { id }, mail);
    expect(await pastBill(from.admin)).toEqual(before);
    expect((await running(from)).every(({ amount }) => amount === 0)).toBe(true);
  });

  it('calls people by the name that they have now', async () => {
    const { from, users } = await scene();
    const [one] = users;
    await change(one, as, { displayName: 'Ann Married' }, '*');
    const named = (lines: BillRow[]) => lines.find(({ userId }) => userId === one.body.id)?.userName;
    expect(named(await running(from))).toBe('Ann Married');
    expect(named(await pastBill(from.admin))).toBe('Ann Married');
  });

  it('stays with who billed it then, when the customer moves and comes back', async () => {
    const { from, to, id } = await scene();
    const before = await pastBill(from.admin);
    const move = async (parentId: string) => {
      const moved = await call(`POST /v1/customers/${id}/move`, { as, body: { parentId } });
      expect(moved.status).toBe(202);
      await deliver(id, msp.id);
    };
    for (const [parent, other] of [
      [to, from],
      [from, to],
    ] as const) {
      await move(parent.id);
      expect(await pastBill(from.admin)).toEqual(before);
      expect(await pastBill(to.admin)).toEqual([]);
      expect((await running(parent)).map(({ billedBy }) => billedBy)).toEqual(Array(4).fill(parent.id));
      expect(await running(other)).toEqual([]);
    }
    const asked = `GET /v1/billing?month=${past}&customerId=${id}&limit=100`;
    expect((await call(asked, { as: from.admin })).body.items).toHaveLength(4);
    expect((await call(asked, { as: to.admin })).body.items).toEqual([]);
  });

  it('stays when the customer is deleted', async () => {
    const { from, mail, id, users } = await scene();
    const before = await pastBill(from.admin);
    await take(as, { id }, mail);
    for (const user of users.slice(1)) expect((await remove(user, as)).status).toBe(204);
    expect((await remove(users[0], as)).body.code).toBe('users.last_administrator');
    for (const end of ['deprovision', '?dryRun=true', '']) {
      const path = `/v1/customers/${id}`;
      if (end === 'deprovision') await rewrite(nodeKey(id), () => ({ status: 'NotProvisioned' }));
      else expect((await call(`DELETE ${path}${end}`, { as, headers })).status).toBe(end ? 200 : 204);
    }
    expect(await pastBill(from.admin)).toEqual(before);
    expect(await running(from)).toEqual([]);
    const { upn, userName, email } = users[0].body;
    const sister = await plantDirectly(from.admin, { domain: upn.split('@')[1] });
    const again = await add({ id: sister.id, path: [], domain: '' }, as, { upn, userName, email });
    expect(again.status).toBe(201);
  });
});
