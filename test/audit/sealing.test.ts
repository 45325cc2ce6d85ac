import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { exportLine } from '../../lib/audit/lines.ts';
import { verify } from '../../lib/audit/verify.ts';
import { ask } from '../../lib/aws/dynamo.ts';
import { toAttributes } from '../../lib/aws/item.ts';
import { newId } from '../../lib/aws/world.ts';
import { auditKey, rootEntry } from '../../lib/kit/keys.ts';
import { measure } from '../kit/cost.ts';
import { plantDirectly, plantReseller } from '../kit/forest.ts';
import { addCustomer, type Caller, call, enlist, type Msp, makeMsp } from '../kit/world.ts';
import { bring, exported, inserted, partsIn, recordOf, sealAll, sealsIn } from './sealing.ts';

type Stored = Record<string, unknown>;
const folder = mkdtempSync(join(tmpdir(), 'audit-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Below every rule and condition: what somebody does who may write the table. */
const put = (item: Stored) => ask('PutItem', { TableName: process.env.TABLE_NAME, Item: toAttributes(item) });

function planted(node: { providerId: string; id: string }, at: number): Stored {
  const id = newId('audit', at);
  return {
    ...auditKey(node.id, id),
    ...rootEntry(node.providerId, 'AUDIT', id),
    ...{ kind: 'audit', id, at: new Date(at).toISOString(), action: 'planted.often', subject: 'thing' },
    actor: { id: 'per_1', kind: 'person', home: node.providerId },
  };
}

let msp: Msp;
let one: { id: string; admin: Caller };
let two: { id: string; admin: Caller };
beforeAll(async () => {
  msp = await makeMsp();
  [one, two] = [await addCustomer(msp), await addCustomer(msp)];
  for (const city of ['Graz', 'Linz', 'Wels'])
    await call(`PATCH /v1/customers/${one.id}`, {
      as: msp.catalog,
      body: { city },
      headers: { 'if-match': '*' },
    });
  await sealAll(msp.id, one.id);
  await sealAll(two.id);
});

const faults = async (as: Caller, query = '') => verify((await exported(as, query)).lines).faults;

describe('what is done is sealed', () => {
  it('once each, in one chain of the provider and one of each node', async () => {
    const seals = await sealsIn(msp.id);
    expect(seals.map(({ seq }) => seq)).toEqual([1, 2]);
    expect(seals[1]?.prev).toBe(seals[0]?.hash);
    for (const { id } of [msp, one, two]) {
      const sealed = (await partsIn(id)).flatMap(({ rows }) => rows.map(([row]) => row));
      expect(sealed).toEqual((await recordOf(id)).map((row) => row.id));
    }
  });

  it('told again, it is not sealed again', async () => {
    expect(await bring(...(await recordOf(two.id)).map(inserted))).toEqual([]);
    expect(await sealsIn(msp.id)).toHaveLength(2);
    expect(await partsIn(two.id)).toHaveLength(1);
  });

  it('late, behind what is younger, it is in a later seal', async () => {
    const node = { providerId: msp.id, id: two.id };
    const [late, young] = [planted(node, Date.now() - 60_000), planted(node, Date.now() - 1000)];
    for (const row of [young, late]) {
      await put(row);
      expect(await bring(inserted(row))).toEqual([]);
    }
    const parts = await partsIn(two.id);
    expect(parts.map(({ number, rows }) => [number, rows.at(-1)?.[0]]).slice(1)).toEqual([
      [2, young.id],
      [3, late.id],
    ]);
    expect(await faults(two.admin)).toEqual([]);
  });

  it('by ten at once, it is one chain, whoever is first', async () => {
    const house = await makeMsp();
    const [customer] = [await addCustomer(house)];
    const start = Date.now() - 60_000;
    const rows = Array.from({ length: 40 }, (_, n) =>
      planted({ providerId: house.id, id: n % 2 ? house.id : customer.id }, start + n),
    );
    await Promise.all(rows.map(put));
    const groups = Array.from({ length: 10 }, (_, n) => rows.slice(n * 4, n * 4 + 4));
    const told = await Promise.all(groups.map((group) => bring(...group.map(inserted))));
    expect(told.flat()).toEqual([]);
    const seals = await sealsIn(house.id);
    expect(seals.map(({ seq }) => seq)).toEqual(Array.from({ length: 10 }, (_, n) => n + 1));
    await sealAll(house.id, customer.id);
    expect(await faults(house.system)).toEqual([]);
  });

  it('a crash between two seals of one delivery leaves the first, and the delivery comes again', async () => {
    const house = await makeMsp();
    await sealAll(house.id);
    const start = Date.now() - 60_000;
    const rows = Array.from({ length: 250 }, (_, n) =>
      planted({ providerId: house.id, id: house.id }, start + n),
    );
    for (const row of rows) await put(row);
    // The sealer got as far as the first hundred.
    await bring(...rows.slice(0, 100).map(inserted));
    expect(await bring(...rows.map(inserted))).toEqual([]);
    const sealed = (await partsIn(house.id)).flatMap(({ rows: own }) => own.map(([id]) => id));
    expect(sealed).toHaveLength(new Set(sealed).size);
    expect(await faults(house.system)).toEqual([]);
  });

  it('an entry that is in two seals is none that was changed', async () => {
    const house = await makeMsp();
    const [first] = await recordOf(house.id);
    await sealAll(house.id);
    const row = planted({ providerId: house.id, id: house.id }, Date.now());
    await put(row);
    await bring(inserted(row));
    expect(await bring(inserted(first as Stored))).toEqual([]);
    expect(await partsIn(house.id)).toHaveLength(3);
    expect(await faults(house.system)).toEqual([]);
  });

  it('what cannot be read is reported alone', async () => {
    const row = planted({ providerId: msp.id, id: two.id }, Date.now());
    await put(row);
    const [bad, good] = [inserted({ ...row, ev: '{' }), inserted(row)];
    expect(await bring(bad, good)).toEqual([bad.dynamodb?.SequenceNumber]);
    expect((await partsIn(two.id)).at(-1)?.rows).toMatchObject([[row.id, expect.any(String)]]);
  });

  it('what changes after it was written is counted for its alarm, and not sealed', async () => {
    const [row] = (await recordOf(two.id)) as [Stored];
    const said: string[] = [];
    const told = vi.spyOn(console, 'log').mockImplementation((line) => void said.push(String(line)));
    const written = vi
      .spyOn(process.stdout, 'write')
      .mockImplementation((line) => said.push(String(line)) > 0);
    const before = (await sealsIn(msp.id)).length;
    const record = inserted({ ...row, reason: 'other' });
    expect(await bring({ ...record, eventName: 'MODIFY' }, { ...record, eventName: 'REMOVE' })).toEqual([]);
    told.mockRestore();
    written.mockRestore();
    expect(said.join('').match(/"AuditChanged":1/g)).toHaveLength(2);
    expect(await sealsIn(msp.id)).toHaveLength(before);
  });

  it('times of a chain do not go back, and what is hashed is what was written, not what stands there since', async () => {
    const house = await makeMsp();
    const rows = await recordOf(house.id);
    const [row] = rows as [Stored];
    await put({ ...row, reason: 'overwritten before it was sealed' });
    await bring(...rows.map(inserted));
    expect(await faults(house.system)).toEqual([
      { where: `${house.id} entry ${row.id}`, what: expect.stringMatching(/^it was overwritten/) },
    ]);
  });
});

describe('sealing costs', () => {
  it.each([
    [1, 1, { write: 4, read: 2 }],
    [13, 1, { write: 6, read: 2 }],
    [100, 1, { write: 18, read: 2 }],
    [100, 10, { write: 44, read: 11 }],
  ])('%i entries of %i nodes, of which one was sealed before', async (count, nodes, expected) => {
    const house = await makeMsp();
    await sealAll(house.id);
    const start = Date.now() - 60_000;
    const ids = [house.id, ...Array.from({ length: nodes - 1 }, () => newId('customer', start))];
    const rows = Array.from({ length: count }, (_, n) =>
      planted({ providerId: house.id, id: String(ids[n % nodes]) }, start + n),
    );
    const records = rows.map(inserted);
    const { cost } = await measure(() => bring(...records));
    process.stdout.write(
      `      ${count} entries of ${nodes} nodes: ${cost.write} WCU, ${cost.read} RCU in ${cost.roundTrips} round trips\n`,
    );
    expect(cost).toMatchObject({ ...expected, index: 0, roundTrips: 2 });
  });
});

describe('exports', () => {
  it('of everybody verify: provider, its view of a customer, the customer itself', async () => {
    for (const [as, query] of [
      [msp.system, ''],
      [msp.system, 'limit=1'],
      [msp.reader, `customerId=${one.id}`],
      [one.admin, ''],
      [one.admin, 'limit=2'],
    ] as const) {
      const { lines } = await exported(as, query);
      const verdict = verify(lines);
      expect(verdict.faults).toEqual([]);
      expect(verdict).toMatchObject({ young: 0, inPart: 0 });
      expect(verdict.entries).toBeGreaterThan(3);
    }
  });

  it('of one record tell nothing of others', async () => {
    const { text } = await exported(one.admin);
    const foreign = (await recordOf(two.id)).map(({ id }) => String(id));
    const hashes = (await partsIn(two.id)).flatMap((part) => part.rows.map(([, hash]) => hash));
    expect([two.id, ...foreign, ...hashes].filter((secret) => text.includes(secret))).toEqual([]);
  });

  it('are refused as lists are: another tenant’s customer is not found, other roles may not', async () => {
    const other = await makeMsp();
    for (const path of ['/v1/audit-export', '/v1/audit-seals']) {
      expect((await call(`GET ${path}?customerId=${one.id}`, { as: other.system })).status).toBe(404);
      expect((await call(`GET ${path}?customerId=${two.id}`, { as: one.admin })).status).toBe(404);
      const operator = await enlist(one.id, ['CUSTOMER_OPERATOR']);
      expect((await call(`GET ${path}`, { as: operator })).status).toBe(403);
      expect((await call(`GET ${path}?customerId=prv_1`, { as: msp.system })).status).toBe(400);
      expect((await call(`GET ${path}?cursor=abc`, { as: msp.system })).status).toBe(400);
    }
  });

  it('name what was changed in the table, by the command, offline', async () => {
    const house = await makeMsp();
    const customer = await addCustomer(house);
    for (const city of ['Graz', 'Linz'])
      await call(`PATCH /v1/customers/${customer.id}`, {
        as: house.catalog,
        body: { city },
        headers: { 'if-match': '*' },
      });
    await sealAll(house.id, customer.id);
    const file = join(folder, 'export.ndjson');
    const check = async (as: Caller) => {
      writeFileSync(file, (await exported(as)).text);
      const { status, stdout } = spawnSync(process.execPath, ['infra/audit-verify.ts', file], {
        encoding: 'utf8',
        env: { PATH: process.env.PATH },
      });
      return { status, stdout };
    };
    expect(await check(customer.admin)).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(
        /^The record of cus_.*anchored to no day\n3 entries, 1 seals, 0 anchors: 0 faults/,
      ),
    });
    const [, row] = (await recordOf(customer.id)) as [Stored, Stored];
    await put({ ...row, after: { city: 'Rome' } });
    const named = expect.stringContaining(
      `${customer.id} entry ${row.id}: it was overwritten: it is not what ${house.id} seal 1 holds`,
    );
    expect(await check(customer.admin)).toEqual({ status: 1, stdout: named });
    expect(await check(house.system)).toEqual({ status: 1, stdout: named });
  });

  it.each<[string, Stored]>([
    ['whose events cannot be read', { ev: '{' }],
    ['that nobody did', { actor: 'somebody' }],
    ['without a time', { at: undefined, before: 5 }],
  ])('name an entry %s, and show the others', async (_, broken) => {
    const house = await makeMsp();
    const customer = await addCustomer(house);
    await sealAll(house.id, customer.id);
    const [row] = (await recordOf(customer.id)) as [Stored];
    await put({ ...row, ...broken });
    for (const as of [customer.admin, house.system]) {
      const { lines } = await exported(as);
      expect(lines.every((line) => exportLine.safeParse(line).success)).toBe(true);
      expect(verify(lines).faults).toEqual([
        { where: `${customer.id} entry ${row.id}`, what: expect.stringMatching(/^it was overwritten: /) },
      ]);
    }
  });

  it('of a reseller’s customers verify for the reseller, its own for itself', async () => {
    const house = await makeMsp();
    const reseller = await plantReseller(house);
    const leaf = await plantDirectly(reseller.admin);
    await sealAll(house.id, reseller.id, leaf.id);
    for (const query of ['', `customerId=${leaf.id}`]) {
      const verdict = verify((await exported(reseller.admin, query)).lines);
      expect(verdict).toMatchObject({ faults: [], young: 0 });
      expect(verdict.entries).toBeGreaterThan(0);
    }
  });
});

it('lists of seals say where each is anchored, newest first', async () => {
  const { body } = await call('GET /v1/audit-seals?limit=2', { as: msp.system });
  const [newest] = (await sealsIn(msp.id)).slice(-1);
  const day = newest?.at.slice(0, 10);
  expect(body.items[0]).toEqual({
    ...{ rootId: msp.id, seq: newest?.seq, at: newest?.at, hash: newest?.hash, nodeId: null, number: null },
    ...{ entries: 1, anchor: `anchors/${msp.id}/${day}.json` },
  });
  expect(body.nextCursor).not.toBeNull();
  const own = await call('GET /v1/audit-seals', { as: one.admin });
  expect(own.body.items).toMatchObject([{ nodeId: one.id, number: 1, seq: 1, entries: 4 }]);
  const seen = await call(`GET /v1/audit-seals?customerId=${one.id}`, { as: msp.reader });
  expect(seen.body).toEqual(own.body);
});
