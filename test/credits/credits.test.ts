import { randomUUID } from 'node:crypto';
import { parse } from 'csv-parse/sync';
import { beforeAll, describe, expect, it } from 'vitest';
import { newId } from '../../lib/aws/world.ts';
import { type Entry, toEntry, toItem } from '../../lib/credits/entry.ts';
import { debit, grant, mostCredits } from '../../lib/credits/ledger.ts';
import type { Item, Plan } from '../../lib/kit/plan.ts';
import { plant, plantLedger } from '../every/planting.ts';
import { plantDirectly, plantReseller } from '../kit/forest.ts';
import { announcedByLedger, plantCreditSystem, plantCustomer } from '../kit/plant.ts';
import { type Answer, addCustomer, type Caller, call, type Msp, makeMsp, persist } from '../kit/world.ts';

let msp: Msp;
beforeAll(async () => {
  msp = await makeMsp();
  await plantCreditSystem(msp.id);
});

const path = (customerId: string, rest = '') => `/v1/customers/${customerId}/credits${rest}`;

async function customer(): Promise<{
  id: string;
  admin: Caller;
  post: (what: string, body: unknown, key?: string) => Promise<Answer>;
  limit: (body: unknown) => Promise<Answer>;
}> {
  const { id, admin } = await plantCustomer(msp.id);
  return {
    id,
    admin,
    post: (what, body, key = randomUUID()) =>
      call(`POST ${path(id, `/${what}`)}`, { as: msp.catalog, body, key }),
    limit: (body) =>
      call(`PATCH ${path(id, '/settings')}`, { as: msp.catalog, body, headers: { 'if-match': '*' } }),
  };
}

const said = async (id: string) =>
  (await announcedByLedger(id)).map((one) => [
    one.type.split('.')[1],
    ...one.data.thresholds.map((t) => t.id),
  ]);

describe('alerts (trace G)', () => {
  it('fires below 50 at 0 and below zero at −15', async () => {
    const { id, post, limit } = await customer();
    await post('grants', { amount: 100 });
    await limit({ alertLimit: 50 });
    expect(await said(id)).toEqual([]);
    await post('debits', { amount: 40 });
    expect((await post('debits', { amount: 60 })).body.balanceAfter).toBe(0);
    expect(await said(id)).toEqual([['balance_low', 'below-50']]);
    expect((await post('debits', { amount: 15 })).body.balanceAfter).toBe(-15);
    expect(await said(id)).toEqual([
      ['balance_low', 'below-50'],
      ['balance_low', 'below-0'],
    ]);
  });

  it('makes one notice of one debit that crosses both', async () => {
    const { id, post, limit } = await customer();
    await post('grants', { amount: 100 });
    await limit({ alertLimit: 50 });
    await post('debits', { amount: 115 });
    expect(await said(id)).toEqual([['balance_low', 'below-50', 'below-0']]);
    await post('grants', { amount: 200 });
    expect((await said(id))[1]).toEqual(['balance_recovered', 'below-50', 'below-0']);
  });

  it('fires once for a limit set above the balance', async () => {
    const { id, limit } = await customer();
    await limit({ alertLimit: 50 });
    expect(await said(id)).toEqual([['balance_low', 'below-50']]);
  });
});

describe('idempotency', () => {
  it('debits once for 50 equal keys at the same time and answers the same body', async () => {
    const { id, post } = await customer();
    await post('grants', { amount: 1000 });
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => persist(() => post('debits', { amount: 7 }, 'the-same-key'))),
    );
    expect(new Set(answers.map((one) => one.status))).toEqual(new Set([201]));
    expect(new Set(answers.map((one) => JSON.stringify(one.body))).size).toBe(1);
    expect(answers.filter((one) => one.headers['idempotent-replayed'] === 'true')).toHaveLength(49);
    expect((await call(`GET ${path(id)}`, { as: msp.catalog })).body.balance).toBe(993);
  });

  it('debits once for ever for one requestId, and refuses it for another debit', async () => {
    const { id, post } = await customer();
    const requestId = newId('request', Date.now());
    const own = (body: Record<string, unknown>) =>
      call(`POST ${path(id, '/debits')}`, { as: msp.catalog, body: { requestId, ...body } });
    const first = await own({ amount: 5 });
    for (let index = 0; index < 20; index++) {
      await call(`POST ${path(id, '/debits')}`, {
        as: msp.catalog,
        body: { amount: 1, requestId: newId('request', Date.now()) },
      });
    }
    const second = await own({ amount: 5 });
    expect(second.body).toEqual(first.body);
    expect(second.headers['idempotent-replayed']).toBe('true');
    expect((await own({ amount: 6 })).body.code).toBe('credits.request_reused');
    expect((await own({ amount: 5, reason: 'Else' })).body.code).toBe('credits.request_reused');
    const again = await post('debits/batch', { requestId, lines: [{ amount: 5 }] });
    expect(again.body.code).toBe('credits.request_reused');
    expect((await call(`GET ${path(id)}`, { as: msp.catalog })).body.balance).toBe(-25);
  });

  it('asks for a key, and refuses one from the future', async () => {
    const { id } = await customer();
    const none = await call(`POST ${path(id, '/debits')}`, { as: msp.catalog, body: { amount: 1 } });
    expect(none.body).toMatchObject({ status: 400, errors: [{ pointer: '#/headers/idempotency-key' }] });
    const late = { amount: 1, requestId: newId('request', Date.now() + 3_600_000) };
    expect(
      (await call(`POST ${path(id, '/debits')}`, { as: msp.catalog, body: late })).body.errors[0].pointer,
    ).toBe('#/requestId');
  });
});

describe('own keys', () => {
  it('answers the same after the system is switched off, and refuses a key of long ago', async () => {
    const own = await makeMsp();
    await plantCreditSystem(own.id);
    const { id } = await addCustomer(own);
    const debit = (body: unknown) => call(`POST ${path(id, '/debits')}`, { as: own.catalog, body });
    const body = { amount: 5, requestId: newId('request', Date.now()) };
    const first = await debit(body);
    const off = { enabled: false, acknowledgeCostDataLoss: true };
    await call('PUT /v1/credit-system', { as: own.catalog, body: off, headers: { 'if-match': '*' } });
    expect(await debit(body)).toMatchObject({ status: 201, body: first.body });
    const old = { amount: 5, requestId: newId('request', Date.now() - 90_000_000) };
    expect((await debit(old)).body.errors[0].pointer).toBe('#/requestId');
  });

  it('refuses rather than doubles where too much was written since the key was made', async () => {
    const { id } = await plantCustomer(msp.id);
    const oldest = newId('request', Date.now() - 60_000);
    await plant(busyLedger(id, 2100));
    for (const what of ['debits', 'debits/batch']) {
      const body = { requestId: oldest, ...(what === 'debits' ? { amount: 1 } : { lines: [{ amount: 1 }] }) };
      const answer = await call(`POST ${path(id, `/${what}`)}`, { as: msp.catalog, body });
      expect(answer.body.code).toBe('credits.request_unverifiable');
    }
  });
});

describe('contention', () => {
  it('keeps the balance, the chain and the block through 200 concurrent debits', async () => {
    const { id, post, limit } = await customer();
    await post('grants', { amount: 100 });
    await limit({ blockBelowZero: true });
    const answers = await Promise.all(Array.from({ length: 200 }, () => post('debits', { amount: 1 })));
    const done = answers.filter((one) => one.status === 201).length;
    for (const one of answers.filter(({ status }) => status !== 201)) {
      expect(['credits.insufficient', 'request.contended']).toContain(one.body.code);
    }
    const { balance } = (await call(`GET ${path(id)}`, { as: msp.catalog })).body;
    expect(balance).toBe(100 - done);
    expect(balance).toBeGreaterThanOrEqual(0);
  });
});

describe('refunds, adjustments, batches', () => {
  it('refunds a debit once, and each line of a batch once', async () => {
    const { id, post } = await customer();
    const single = (await post('debits', { amount: 30 })).body;
    expect((await post('refunds', { entryId: single.entryId })).body).toMatchObject({
      type: 'REFUND',
      amount: 30,
      balanceAfter: 0,
    });
    expect((await post('refunds', { entryId: single.entryId })).body.code).toBe('credits.already_refunded');
    const batch = (await post('debits/batch', { lines: [{ amount: 1 }, { amount: 2, serviceId: 'mail' }] }))
      .body;
    expect(batch).toMatchObject({ type: 'DEBIT', amount: 3, balanceAfter: -3 });
    expect((await post('refunds', { entryId: batch.entryId })).body.code).toBe('credits.line_required');
    expect((await post('refunds', { entryId: batch.entryId, line: 1 })).body.amount).toBe(2);
    expect((await post('refunds', { entryId: batch.entryId, line: 1 })).body.code).toBe(
      'credits.already_refunded',
    );
    expect((await post('refunds', { entryId: batch.entryId, line: 2 })).body.code).toBe(
      'credits.not_refundable',
    );
    expect((await post('refunds', { entryId: 'ent_20260101000000000' })).status).toBe(404);
    expect((await call(`GET ${path(id)}`, { as: msp.catalog })).body.balance).toBe(-1);
  });

  it('adjusts both ways, with a reason', async () => {
    const { post } = await customer();
    expect((await post('adjustments', { amount: -5, reason: 'Wrong grant' })).body).toMatchObject({
      balanceAfter: -5,
      reason: 'Wrong grant',
    });
    expect((await post('adjustments', { amount: 0, reason: 'x' })).status).toBe(400);
    expect((await post('adjustments', { amount: 1 })).body.errors[0].pointer).toBe('#/reason');
  });
});

describe('reading', () => {
  it('answers the balance as of any moment, pages and exports the history, and tells one entry', async () => {
    const { id, admin, post } = await customer();
    const entries = [];
    for (const amount of [10, 20, 30]) {
      entries.push((await post('grants', { amount, reason: `=SUM(${amount})` })).body);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    const at = async (moment: string) => (await call(`GET ${path(id)}?at=${moment}`, { as: admin })).body;
    expect((await at('2020-01-01T00:00:00Z')).balance).toBe(0);
    expect((await at(entries[0].at)).balance).toBe(10);
    expect((await at(new Date(Date.parse(entries[1].at) - 1).toISOString())).balance).toBe(10);
    expect((await at(entries[1].at)).balance).toBe(30);
    expect((await at('2099-01-01T00:00:00Z')).balance).toBe(60);
    const first = await call(`GET ${path(id, '/entries')}?limit=2`, { as: admin });
    expect(first.body.items.map((one: { amount: number }) => one.amount)).toEqual([30, 20]);
    const rest = await call(`GET ${path(id, '/entries')}?limit=2&cursor=${first.body.nextCursor}`, {
      as: admin,
    });
    expect(rest.body).toMatchObject({ items: [{ amount: 10 }], nextCursor: null });
    const period = await call(`GET ${path(id, '/entries')}?from=${entries[1].at}&to=${entries[1].at}`, {
      as: admin,
    });
    expect(period.body.items.map((one: { amount: number }) => one.amount)).toEqual([20]);
    expect((await call(`GET ${path(id, '/entries')}?type=DEBIT`, { as: admin })).body.items).toEqual([]);
    const csv = await call(`GET ${path(id, '/entries.csv')}`, { as: admin });
    expect(csv.headers['content-type']).toContain('text/csv');
    expect(csv.body).toContain(`"'=SUM(10)"`);
    const one = await call(`GET ${path(id, `/entries/${entries[0].entryId}`)}`, { as: admin });
    expect(one.body).toEqual(entries[0]);
    expect((await call(`GET ${path(id, '/entries/ent_20200101000000000')}`, { as: admin })).status).toBe(404);
    expect((await call(`GET ${path(id, '/forecast')}`, { as: admin })).body.reason).toBe('TOO_LITTLE_DATA');
  });

  it('exports who consumed, the lines of a batch, and the other half of a transfer', async () => {
    const { id, post } = await customer();
    const lines = [{ amount: 4, serviceId: 'mail', personId: newId('person', Date.now()) }, { amount: 5 }];
    const batch = (await post('debits/batch', { lines })).body;
    const reseller = await plantReseller(msp);
    const child = (await plantDirectly(reseller.admin)).id;
    await call(`POST ${path(reseller.id, '/grants')}`, { as: msp.catalog, body: { amount: 9 } });
    const given = await call(`POST ${path(child, '/transfers')}`, {
      as: reseller.admin,
      body: { amount: 9 },
    });
    const rowsOf = async (of: string): Promise<Record<string, string>[]> =>
      parse((await call(`GET ${path(of, '/entries.csv')}`, { as: msp.reader })).body, { columns: true });
    const single = lines[0]?.personId;
    await post('debits', { amount: 1, personId: single });
    const [debit, of] = await rowsOf(id);
    expect(debit).toMatchObject({ type: 'DEBIT', amount: '1', personId: single, lines: '' });
    expect(of?.entryId).toBe(batch.entryId);
    expect(JSON.parse(of?.lines ?? '')).toEqual(lines);
    const [[taken], [came]] = [await rowsOf(reseller.id), await rowsOf(child)];
    expect(given.status).toBe(201);
    expect(came).toMatchObject({ peerCustomerId: reseller.id, peerEntryId: taken?.entryId });
    expect(taken).toMatchObject({ peerCustomerId: child, peerEntryId: came?.entryId });
  });

  it('refuses to export more than it may', async () => {
    const { id } = await customer();
    await plantLedger(id, 1001);
    expect((await call(`GET ${path(id, '/entries.csv')}`, { as: msp.reader })).body.code).toBe(
      'credits.too_many_entries',
    );
  });

  it('changes settings three-way, with If-Match', async () => {
    const { id, limit } = await customer();
    const read = await call(`GET ${path(id, '/settings')}`, { as: msp.reader });
    expect(read).toMatchObject({
      headers: { etag: '"0"' },
      body: { alertLimit: null, rearmPercent: 5, blockBelowZero: false },
    });
    await limit({ alertLimit: 50, blockBelowZero: true });
    expect((await limit({ alertLimit: null })).body).toEqual({
      alertLimit: null,
      rearmPercent: 5,
      blockBelowZero: true,
      daysLeftAlert: null,
      topUp: null,
    });
    const stale = await call(`PATCH ${path(id, '/settings')}`, {
      as: msp.catalog,
      body: {},
      headers: { 'if-match': '"0"' },
    });
    expect(stale.status).toBe(412);
  });

  it('writes nothing on a dry run', async () => {
    const { id, post } = await customer();
    const dry = await call(`POST ${path(id, '/grants')}?dryRun=true`, {
      as: msp.catalog,
      body: { amount: 5 },
    });
    expect(dry).toMatchObject({
      status: 200,
      body: { balanceAfter: 5 },
      headers: { 'quartermaster-dry-run': 'true' },
    });
    expect((await call(`GET ${path(id)}`, { as: msp.catalog })).body.balance).toBe(0);
    expect((await post('grants', { amount: 5 })).status).toBe(201);
  });
});

describe('who may', () => {
  it('hides other providers’ customers and keeps customers from granting', async () => {
    const { id, admin } = await customer();
    const other = await makeMsp();
    const foreign = await call(`GET ${path(id)}`, { as: other.catalog });
    const none = await call(`GET ${path('cus_00000000000000000000000000')}`, { as: other.catalog });
    expect(foreign.status).toBe(404);
    expect({ ...foreign.body, requestId: '' }).toEqual({ ...none.body, requestId: '' });
    expect((await call(`POST ${path(id, '/grants')}`, { as: admin, body: { amount: 1 } })).status).toBe(403);
    expect((await call(`POST ${path(id, '/grants')}`, { as: msp.reader, body: { amount: 1 } })).status).toBe(
      403,
    );
  });

  it.each([
    [{ amount: 0 }, '#/amount'],
    [{ amount: 1.5 }, '#/amount'],
    [{ amount: -1 }, '#/amount'],
    [{ amount: '1' }, '#/amount'],
    [{ amount: 1_000_000_001 }, '#/amount'],
    [{ amount: 1, reason: 'a\u202eb' }, '#/reason'],
    [{ amount: 1, extra: true }, '#/extra'],
    [{ amount: 1, ticketId: 'tic_1' }, '#/ticketId'],
  ])('names the wrong field of %j', async (body, pointer) => {
    const { post } = await customer();
    const answer = await post('grants', body);
    expect(answer).toMatchObject({ status: 400, body: { code: 'request.malformed', errors: [{ pointer }] } });
  });

  it.each([
    '{"amount":1,"amount":2}',
    '{"amount":1e400}',
    '{"amount":9007199254740993}',
    '{"__proto__":{},"amount":1}',
    '{"amount":1,"reason":"\\ud800"}',
    '[',
    '',
  ])('refuses the text %s', async (text) => {
    const { id } = await customer();
    const answer = await call(`POST ${path(id, '/grants')}`, {
      as: msp.catalog,
      text,
      headers: { 'content-type': 'application/json' },
    });
    expect(answer).toMatchObject({ status: 400, body: { code: 'request.malformed' } });
  });
});

describe('credit system', () => {
  it('is off first, needs MSP mode and the acknowledgement, and refuses every change while off', async () => {
    const fresh = await makeMsp();
    const put = (body: unknown, tag = '*') =>
      call('PUT /v1/credit-system', { as: fresh.catalog, body, headers: { 'if-match': tag } });
    expect((await call('GET /v1/credit-system', { as: fresh.reader })).body.enabled).toBe(false);
    expect((await put({ enabled: true, acknowledgeCostDataLoss: true })).body.code).toBe(
      'credits.msp_mode_off',
    );
    const { id } = await addCustomer(fresh);
    const changes: [string, unknown][] = [
      ['grants', { amount: 1 }],
      ['debits', { amount: 1 }],
      ['debits/batch', { lines: [{ amount: 1 }] }],
      ['refunds', { entryId: 'ent_00000000000000000' }],
      ['adjustments', { amount: 1, reason: 'Why' }],
    ];
    for (const [what, body] of changes) {
      const refused = await call(`POST ${path(id, `/${what}`)}`, {
        as: fresh.catalog,
        body,
        key: randomUUID(),
      });
      expect(refused.body.code).toBe('credits.system_off');
    }
    const settings = { as: fresh.catalog, body: { alertLimit: 5 }, headers: { 'if-match': '*' } };
    expect((await call(`PATCH ${path(id, '/settings')}`, settings)).body.code).toBe('credits.system_off');
    const unsaid = await put({ enabled: true });
    expect(unsaid.body).toMatchObject({
      code: 'credits.acknowledgement_required',
      effects: expect.any(Array),
    });
    expect((await put({ enabled: true, acknowledgeCostDataLoss: true }, '"0"')).body.enabled).toBe(true);
    expect((await put({ enabled: true, acknowledgeCostDataLoss: true })).body.code).toBe(
      'credits.already_switched',
    );
    expect((await put({ enabled: false, acknowledgeCostDataLoss: true }, '"1"')).body.enabled).toBe(false);
  });

  it('keeps every sum exact: no change may leave the range', async () => {
    const { id, admin, post } = await customer();
    await plant([toItem(id, fullEntry(id))]);
    expect((await call(`GET ${path(id)}`, { as: admin })).body.balance).toBe(mostCredits);
    expect((await post('grants', { amount: 1 })).body.code).toBe('credits.out_of_bounds');
    expect((await post('adjustments', { amount: 1, reason: 'One more' })).body.code).toBe(
      'credits.out_of_bounds',
    );
    expect((await post('refunds', { entryId: 'ent_00000000000000000' })).body.code).toBe(
      'credits.out_of_bounds',
    );
  });

  it('refuses debits below zero where that is blocked, and below the range', async () => {
    const { id, post, limit } = await customer();
    await limit({ blockBelowZero: true });
    expect((await post('debits', { amount: 1 })).body).toMatchObject({
      code: 'credits.insufficient',
      balance: 0,
      amount: 1,
    });
    expect((await post('debits/batch', { lines: [{ amount: 1 }] })).body.code).toBe('credits.insufficient');
    const { id: other, post: postOther } = await customer();
    await plant([toItem(other, { ...fullEntry(other), balance: -mostCredits })]);
    expect((await postOther('debits', { amount: 1 })).body.code).toBe('credits.out_of_bounds');
    expect((await postOther('debits/batch', { lines: [{ amount: 1 }] })).body.code).toBe(
      'credits.out_of_bounds',
    );
    expect((await call(`GET ${path(id)}`, { as: msp.reader })).body.balance).toBe(0);
  });
});

/** A first entry, a debit, that leaves the balance at the end of the range. */
function fullEntry(customerId: string): Entry {
  const by = {
    actor: { id: 'per_1', kind: 'person', home: msp.id },
    now: new Date().toISOString(),
  } as const;
  const [write] = debit({ customerId, head: null }, { amount: 5 }, by).writes;
  if (write?.do !== 'create') throw new Error('A debit writes an entry');
  return { ...toEntry(write.item), balance: mostCredits };
}

/** A ledger written in the last minute, whose ring of own keys has lost them all. */
function busyLedger(customerId: string, count: number): Item[] {
  const actor = { id: 'per_1', kind: 'person', home: msp.id } as const;
  const items: Item[] = [];
  let head: Entry | null = null;
  for (let index = 0; index < count; index++) {
    const now = new Date(Date.now() - 60_000 + index * 20).toISOString();
    const { writes }: Plan = grant({ customerId, head }, { amount: 1 }, { actor, now });
    const [write] = writes;
    if (write?.do !== 'create') throw new Error('A grant writes an entry');
    head = { ...toEntry(write.item), floor: 'f'.repeat(32) };
    items.push(toItem(customerId, head));
  }
  return items;
}
