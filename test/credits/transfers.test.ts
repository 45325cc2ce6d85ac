import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { commit, each, LostRace } from '../../lib/aws/db.ts';
import { newId } from '../../lib/aws/world.ts';
import { type Entry, effectOf, hashOf, toEntry, toItem } from '../../lib/credits/entry.ts';
import { mostCredits } from '../../lib/credits/ledger.ts';
import { transfer } from '../../lib/credits/transfer.ts';
import type { Kind } from '../../lib/kit/id.ts';
import { partition } from '../../lib/kit/keys.ts';
import type { Node, Scope } from '../../lib/kit/scope.ts';
import { plant } from '../every/planting.ts';
import { announcedByLedger, plantCreditSystem } from '../kit/plant.ts';
import { plantNode, rootOf } from '../kit/tree.ts';
import { type Answer, type Caller, call, enlist, type Msp, makeMsp } from '../kit/world.ts';

let msp: Msp;
beforeAll(async () => {
  msp = await makeMsp();
  await plantCreditSystem(msp.id);
});

const path = (customerId: string, rest = '') => `/v1/customers/${customerId}/credits${rest}`;
const hour = (ahead: number) =>
  new Date(Math.floor(Date.now() / 3_600_000 + ahead) * 3_600_000).toISOString();

interface Family {
  readonly parent: string;
  readonly child: string;
  readonly admin: Caller;
  readonly childAdmin: Caller;
  readonly send: (what: string, body: unknown, more?: { as?: Caller; key?: string }) => Promise<Answer>;
  readonly give: (body: unknown, to?: string) => Promise<Answer>;
}

async function family(): Promise<Family> {
  const parent = await plantNode(rootOf(msp.id), { type: 'RESELLER' });
  const child = await plantNode(parent);
  const admin = await enlist(parent.id, ['RESELLER_FULL_ADMINISTRATOR']);
  return {
    parent: parent.id,
    child: child.id,
    admin,
    childAdmin: await enlist(child.id, ['CUSTOMER_ADMINISTRATOR']),
    send: (what, body, { as = admin, key = randomUUID() } = {}) =>
      call(`POST ${path(child.id, `/${what}`)}`, { as, body, key }),
    give: (body, to = parent.id) => call(`POST ${path(to, '/grants')}`, { as: msp.catalog, body }),
  };
}

async function chainOf(customerId: string): Promise<Entry[]> {
  const out: Entry[] = [];
  const entries = { partition: partition(customerId, 'ENTRY'), limit: 500, consistent: true };
  for await (const item of each(entries)) out.push(toEntry(item));
  return out;
}

function expectExact(chain: readonly Entry[]): number {
  let sum = 0;
  chain.forEach((one, index) => {
    sum += effectOf(one);
    expect(one.balance).toBe(sum);
    expect(one.seq).toBe(index + 1);
    expect(one.prev).toBe(index === 0 ? '' : hashOf(chain[index - 1] as Entry));
  });
  return sum;
}

const balanceOf = async (id: string) => (await call(`GET ${path(id)}`, { as: msp.reader })).body.balance;

describe('distribution', () => {
  it('moves credits in two linked entries, and back', async () => {
    const { parent, child, send, give } = await family();
    await give({ amount: 100 });
    const given = await send('transfers', { amount: 60, reason: 'Your share' });
    expect(given).toMatchObject({
      status: 201,
      body: { type: 'TRANSFER_IN', amount: 60, balanceAfter: 60, peer: { customerId: parent } },
    });
    const { peer, entryId } = given.body;
    const other = await call(`GET ${path(parent, `/entries/${peer.entryId}`)}`, { as: msp.reader });
    expect(other.body).toMatchObject({
      type: 'TRANSFER_OUT',
      amount: 60,
      balanceAfter: 40,
      peer: { customerId: child, entryId },
    });
    const back = await send('reclaims', { amount: 25 });
    expect(back.body).toMatchObject({ type: 'TRANSFER_OUT', amount: 25, balanceAfter: 35 });
    expect(await balanceOf(parent)).toBe(65);
    const forecast = await call(`GET ${path(parent, '/forecast')}`, { as: msp.reader });
    expect(forecast.body.balance).toBe(65);
  });

  it('refuses more than there is, on both sides, whatever the rule below zero, and changes nothing', async () => {
    const { parent, child, send, give } = await family();
    await give({ amount: 10 });
    const more = await send('transfers', { amount: 11 });
    expect(more).toMatchObject({ status: 409, body: { code: 'credits.transfer_exceeds', available: 10 } });
    await send('transfers', { amount: 10 });
    await call(`POST ${path(child, '/debits')}`, {
      as: msp.catalog,
      body: { amount: 7, requestId: newId('request', Date.now()) },
    });
    expect((await send('reclaims', { amount: 4 })).body).toMatchObject({
      code: 'credits.reclaim_exceeds',
      available: 3,
    });
    await call(`POST ${path(parent, '/debits')}`, {
      as: msp.catalog,
      body: { amount: 5, requestId: newId('request', Date.now()) },
    });
    expect((await send('transfers', { amount: 1 })).body).toMatchObject({ available: 0 });
    expect([await balanceOf(parent), await balanceOf(child)]).toEqual([-5, 3]);
  });

  it('takes back what the reseller handed on, and nothing that the provider granted', async () => {
    const { parent, child, send, give } = await family();
    await give({ amount: 100 });
    const direct = (amount: number) =>
      call(`POST ${path(child, '/grants')}`, { as: msp.catalog, body: { amount } });
    await direct(50);
    expect((await send('reclaims', { amount: 1 })).body).toMatchObject({ available: 0 });
    await send('transfers', { amount: 30 });
    expect((await send('reclaims', { amount: 31 })).body).toMatchObject({
      code: 'credits.reclaim_exceeds',
      available: 30,
    });
    expect((await send('reclaims', { amount: 20 }, { as: msp.catalog })).status).toBe(201);
    await direct(5);
    expect((await send('reclaims', { amount: 11 })).body).toMatchObject({ available: 10 });
    await call(`POST ${path(child, '/debits')}`, {
      as: msp.catalog,
      body: { amount: 60, requestId: newId('request', Date.now()) },
    });
    expect((await send('reclaims', { amount: 6 })).body).toMatchObject({ available: 5 });
    expect((await send('reclaims', { amount: 5 })).status).toBe(201);
    await direct(50);
    expect((await send('reclaims', { amount: 6 })).body).toMatchObject({ available: 5 });
    expect((await send('reclaims', { amount: 5 })).status).toBe(201);
    expect((await send('reclaims', { amount: 1 })).body).toMatchObject({ available: 0 });
    expect([await balanceOf(parent), await balanceOf(child)]).toEqual([100, 45]);
  });

  it.each([
    [{ amount: -1 }, '#/amount'],
    [{ amount: 0 }, '#/amount'],
    [{ amount: 2.5 }, '#/amount'],
    [{}, '#/amount'],
    [{ amount: 1, to: 'cus' }, '#/to'],
  ])('names the wrong field of %j', async (body, pointer) => {
    const { send } = await family();
    for (const what of ['transfers', 'reclaims']) {
      expect(await send(what, body)).toMatchObject({ status: 400, body: { errors: [{ pointer }] } });
    }
  });

  it('is for the parent’s administrators and the catalogue administrator alone', async () => {
    const { child, childAdmin, send, give } = await family();
    await give({ amount: 10 });
    for (const what of ['transfers', 'reclaims']) {
      expect((await send(what, { amount: 1 }, { as: childAdmin })).status).toBe(403);
      expect((await send(what, { amount: 1 }, { as: msp.reader })).status).toBe(403);
      const stranger = (await family()).admin;
      expect((await send(what, { amount: 1 }, { as: stranger })).status).toBe(404);
    }
    expect((await send('transfers', { amount: 1 }, { as: msp.catalog })).status).toBe(201);
    expect((await send('reclaims', { amount: 1 }, { as: msp.catalog })).status).toBe(201);
    expect(await balanceOf(child)).toBe(0);
  });

  it('is between parent and direct child: neither over a level nor from the provider', async () => {
    const top = await plantNode(rootOf(msp.id), { type: 'RESELLER' });
    const middle = await plantNode(top, { type: 'RESELLER' });
    const below = await plantNode(middle);
    const admin = await enlist(top.id, ['RESELLER_FULL_ADMINISTRATOR']);
    for (const what of ['transfers', 'reclaims']) {
      const over = await call(`POST ${path(below.id, `/${what}`)}`, { as: admin, body: { amount: 1 } });
      expect(over.body.code).toBe('request.forbidden');
      const direct = await call(`POST ${path(top.id, `/${what}`)}`, {
        as: msp.catalog,
        body: { amount: 1 },
      });
      expect(direct.body.code).toBe('credits.granted_directly');
    }
  });

  it('happens once per key, and not at all on a dry run', async () => {
    const { parent, child, send, give } = await family();
    await give({ amount: 100 });
    const dry = await call(`POST ${path(child, '/transfers')}?dryRun=true`, {
      as: msp.catalog,
      body: { amount: 30 },
    });
    expect(dry).toMatchObject({ status: 200, body: { type: 'TRANSFER_IN', balanceAfter: 30 } });
    const key = randomUUID();
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => send('transfers', { amount: 30 }, { key })),
    );
    expect(new Set(answers.map(({ body }) => JSON.stringify(body))).size).toBe(1);
    expect((await send('transfers', { amount: 31 }, { key })).body.code).toBe('idempotency.key_reused');
    expect([await balanceOf(parent), await balanceOf(child)]).toEqual([70, 30]);
  });

  it('tells of both ledgers’ thresholds, each under its own path', async () => {
    const { parent, child, send, give } = await family();
    await give({ amount: 100 });
    const limit = { as: msp.catalog, body: { alertLimit: 50 }, headers: { 'if-match': '*' } };
    await call(`PATCH ${path(parent, '/settings')}`, limit);
    await call(`PATCH ${path(child, '/settings')}`, limit);
    await send('transfers', { amount: 60 });
    const [ofParent, ofChild] = [await announcedByLedger(parent), await announcedByLedger(child)];
    expect(ofParent.map(({ type }) => type)).toEqual(['credits.balance_low.v1']);
    expect(ofParent[0]).toMatchObject({ subject: parent, tenant: { id: parent } });
    expect(ofChild.map(({ type }) => type)).toEqual([
      'credits.balance_low.v1',
      'credits.balance_recovered.v1',
    ]);
    expect(ofChild[1]).toMatchObject({ subject: child, tenant: { id: child } });
  });

  it('leaves expiry and priority on what it moves, and pays what the customer owes first', async () => {
    const { parent, child, send, give } = await family();
    const expiresAt = hour(48);
    await give({ amount: 50, expiresAt, priority: 2 });
    await give({ amount: 50 });
    await call(`POST ${path(child, '/debits')}`, {
      as: msp.catalog,
      body: { amount: 10, requestId: newId('request', Date.now()) },
    });
    const moved = await send('transfers', { amount: 60 });
    expect(moved.body.parts).toEqual([{ amount: 50, priority: 2, expiresAt }]);
    const lots = async (id: string) => (await call(`GET ${path(id)}`, { as: msp.reader })).body.lots;
    expect(await lots(child)).toEqual([
      { amount: 40, priority: 2, expiresAt },
      { amount: 10, priority: 5, expiresAt: null },
    ]);
    expect(await lots(parent)).toEqual([{ amount: 40, priority: 5, expiresAt: null }]);
  });

  it('refuses what would divide a balance too far, or leave the range, and while the system is off', async () => {
    const { parent, child, send, give } = await family();
    for (let index = 1; index <= 6; index++) await give({ amount: 1, expiresAt: hour(index + 5) }, child);
    await give({ amount: 5, expiresAt: hour(20) });
    expect((await send('transfers', { amount: 1 })).body.code).toBe('credits.too_many_lots');
    const other = await family();
    await other.give({ amount: 5, expiresAt: hour(20) });
    await other.send('transfers', { amount: 5 });
    for (let index = 1; index <= 6; index++) await other.give({ amount: 1, expiresAt: hour(index + 5) });
    expect((await other.send('reclaims', { amount: 1 })).body.code).toBe('credits.too_many_lots');
    const full = await family();
    await full.give({ amount: 2 });
    const [first] = await chainOf(full.parent);
    await plant([toItem(full.child, { ...(first as Entry), balance: mostCredits })]);
    expect((await full.send('transfers', { amount: 1 })).body.code).toBe('credits.out_of_bounds');
    const rich = await family();
    const handed = `${rich.parent.slice(-8)}2`;
    await plant([
      toItem(rich.child, { ...(first as Entry), handed }),
      toItem(rich.parent, { ...(first as Entry), balance: mostCredits }),
    ]);
    expect((await rich.send('reclaims', { amount: 1 })).body.code).toBe('credits.out_of_bounds');
    expect(parent).not.toBe(child);
  });

  it('is refused while the credit system is off', async () => {
    const off = await makeMsp();
    const parent = await plantNode(rootOf(off.id), { type: 'RESELLER' });
    const child = await plantNode(parent);
    for (const what of ['transfers', 'reclaims']) {
      const refused = await call(`POST ${path(child.id, `/${what}`)}`, {
        as: off.catalog,
        body: { amount: 1 },
      });
      expect(refused.body.code).toBe('credits.system_off');
    }
  });

  it('is decided again where the customer has moved meanwhile', async () => {
    const { parent, child, give } = await family();
    await give({ amount: 5 });
    const [head = null] = await chainOf(parent);
    const path = ['plt_00000000000000000000000000', msp.id, parent, child];
    const target = { id: child, path, version: 7 } as unknown as Node;
    const asked = {
      actor: { id: 'per_1', kind: 'person', home: parent } as const,
      now: new Date().toISOString(),
      newId: (kind: Kind) => newId(kind, Date.now()),
      scope: { target } as Scope,
      requestId: 'trace',
    };
    const ledgers = { parent: { customerId: parent, head }, child: { customerId: child, head: null } };
    const { writes } = transfer(ledgers, { amount: 5 }, asked);
    await expect(commit(writes, randomUUID(), Date.now() + 1000)).rejects.toBeInstanceOf(LostRace);
    expect([await balanceOf(parent), await balanceOf(child)]).toEqual([5, 0]);
  });

  it('keeps both chains exact through 200 concurrent transfers, reclaims and debits', async () => {
    const { parent, child, send, give, admin } = await family();
    await give({ amount: 300 });
    const debit = (id: string) =>
      call(`POST ${path(id, '/debits')}`, {
        as: msp.catalog,
        body: { amount: 1, requestId: newId('request', Date.now()) },
      });
    const answers = await Promise.all(
      Array.from({ length: 200 }, (_, index) => {
        if (index % 4 === 0) return debit(parent);
        if (index % 4 === 1) return debit(child);
        return send(index % 8 === 2 ? 'reclaims' : 'transfers', { amount: 2 }, { as: admin });
      }),
    );
    const known = ['request.contended', 'credits.transfer_exceeds', 'credits.reclaim_exceeds'];
    for (const { status, body } of answers) if (status !== 201) expect(known).toContain(body.code);
    const [above, below] = [await chainOf(parent), await chainOf(child)];
    const [first, second] = [expectExact(above), expectExact(below)];
    const debits = [...above, ...below].filter(({ type }) => type === 'DEBIT').length;
    expect(first + second).toBe(300 - debits);
    const linked = (chain: readonly Entry[]) => chain.filter(({ peer }) => peer).length;
    expect(linked(above)).toBe(linked(below));
    expect(first).toBeGreaterThanOrEqual(-50);
    for (const one of [...above, ...below])
      if (one.type === 'TRANSFER_OUT') expect(one.balance).toBeGreaterThanOrEqual(0);
    const done = answers.filter(({ status }) => status === 201).length;
    process.stdout.write(`200 at once on two ledgers: ${done} done, the others told to try again\n`);
  });
});
