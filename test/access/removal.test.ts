import { spawnSync } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { checkWithin as checkWithinItself } from '../../functions/licensing/check-compliance.ts';
import { violations } from '../../infra/fsck/examine.ts';
import { faultsOf, listOf, sign } from '../../lib/access/removal-report.ts';
import { get } from '../../lib/aws/db.ts';
import { everything } from '../../lib/aws/scan.ts';
import { canonical } from '../../lib/kit/digest.ts';
import { accessKey, managementKey, meterKey, nodeKey, seatMeterKey } from '../../lib/kit/keys.ts';
import { arrive } from '../customers/moving.ts';
import { deliver } from '../kit/deliver.ts';
import { any, plantDirectly, plantReseller } from '../kit/forest.ts';
import type { Mailbox } from '../kit/mailbox.ts';
import { ownTable } from '../kit/own-table.ts';
import { type Answer, byClock, type Caller, call, enlist, type Msp } from '../kit/world.ts';
import { buyer, shelf, stockProduct } from '../licensing/shelf.ts';
import { add as addProbe, enrolBelow, pulseOf } from '../probes/scene.ts';
import { add as addUser } from '../users/people.ts';
import { suppliedMsp } from './quarters.ts';

const checkWithin = byClock('licensing', checkWithinItself);

let msp: Msp;
let mailbox: Mailbox;
ownTable();
beforeAll(async () => {
  ({ msp, mailbox } = await suppliedMsp());
});
afterAll(() => mailbox.close());
afterEach(() => vi.useRealTimers());

type Stored = Readonly<Record<string, unknown>>;
const plan = (id: string, body: object = { licences: 'return-to-pool' }, as = msp.catalog): Promise<Answer> =>
  call(`POST /v1/customers/${id}/removal-plans`, { as, body });
const execute = (removalId: string, as: Caller = msp.catalog, key = randomUUID()): Promise<Answer> =>
  call(`POST /v1/removal-plans/${removalId}/execution`, { as, key });
const read = (removalId: string, as: Caller = msp.catalog) =>
  call(`GET /v1/removal-plans/${removalId}`, { as });
const later = (minutes: number) => vi.useFakeTimers({ now: Date.now() + minutes * 60_000, toFake: ['Date'] });

/** A customer with an administrator. */
async function customer(as: Caller = msp.catalog, more: Record<string, unknown> = {}) {
  const made = await plantDirectly(as, { timeZone: 'Europe/Vienna', ...more });
  return { ...made, admin: await enlist(made.id, ['CUSTOMER_ADMINISTRATOR']) };
}

async function removed(id: string, body?: object): Promise<string> {
  const { body: planned } = await plan(id, body);
  expect((await execute(planned.id)).status).toBe(200);
  await deliver(id, msp.id);
  return planned.id;
}

/** Everything of a customer's partitions, by key. */
async function held(id: string): Promise<Map<string, Stored>> {
  const all = (await everything()).filter(({ PK }) => String(PK).startsWith(`T#${id}`));
  const placed = all.map((item) => [`${item.PK} ${item.SK}`, item] as const);
  return new Map(placed.sort(([a], [b]) => (a < b ? -1 : 1)));
}
const hash = (items: Iterable<Stored>) =>
  createHash('sha256')
    .update(canonical([...items]))
    .digest('hex');

describe('a plan of removal', () => {
  it('tells what blocks it, each with a count and how to mend it, and is not executed', async () => {
    const reseller = await plantReseller(msp);
    await plantDirectly(reseller.admin);
    const { body } = await plan(reseller.id);
    expect(body).toMatchObject({ state: 'BLOCKED', executedAt: null, report: null });
    expect(body.blockers).toMatchObject([
      { code: 'customers.has_children', count: 1 },
      { code: 'customers.still_reseller', count: 1 },
    ]);
    for (const { mend } of body.blockers) expect(mend.length).toBeGreaterThan(10);
    expect((await execute(body.id)).body).toMatchObject({
      code: 'removals.blocked',
      blockers: ['customers.has_children', 'customers.still_reseller'],
    });
  });

  it('names a deadline where the customer buys, and only there', async () => {
    const { id } = await customer();
    for (const body of [
      { licences: 'customer-buys' },
      { licences: 'customer-buys', deadline: 0 },
      { licences: 'customer-buys', deadline: 61 },
      { licences: 'return-to-pool', deadline: 5 },
      { licences: 'keep' },
    ])
      expect((await plan(id, body)).status).toBe(400);
    expect((await plan(id, { licences: 'customer-buys', deadline: 60 })).status).toBe(201);
  });

  it('counts for 15 minutes', async () => {
    const { id } = await customer();
    const { body } = await plan(id);
    expect(Date.parse(body.expiresAt) - Date.parse(body.createdAt)).toBe(15 * 60_000);
    later(15);
    expect((await read(body.id)).body.state).toBe('LAPSED');
    expect((await execute(body.id)).body.code).toBe('removals.lapsed');
    vi.useRealTimers();
    later(14.9);
    expect((await execute(body.id)).status).toBe(200);
  });

  it('counts no more when anything that it tells of has changed', async () => {
    const product = await stockProduct(msp, { mspLicence: true });
    const changes: ((one: { id: string; admin: Caller; domains: { name: string }[] }) => Promise<Answer>)[] =
      [
        ({ id }) =>
          call(`PATCH /v1/customers/${id}`, { as: msp.catalog, body: { city: 'Graz' }, headers: any }),
        (one) => addUser({ id: one.id, path: [], domain: one.domains[0]?.name ?? '' }, msp.catalog),
        ({ id }) => shelf(msp, id, product).give({ source: 'MSP', seats: 3 }),
        ({ id }) =>
          call(`PUT /v1/customers/${id}/management`, {
            as: msp.catalog,
            body: { managementType: 'PARTNER', communications: 'BOTH' },
            headers: any,
          }),
        async ({ id }) => ({ ...(await addProbe(msp.catalog, id)), status: 201, headers: {}, body: {} }),
        async ({ id }) => ({
          ...(await enlist(id, ['CUSTOMER_OPERATOR'])),
          status: 201,
          headers: {},
          body: {},
        }),
        ({ id }) => call(`POST /v1/customers/${id}/disable`, { as: msp.catalog }),
      ];
    for (const change of changes) {
      const one = await customer();
      const { body } = await plan(one.id);
      expect((await change(one)).status).toBeLessThan(300);
      expect((await execute(body.id)).body.code).toBe('removals.changed');
      expect((await call(`GET /v1/customers/${one.id}`, { as: msp.catalog })).status).toBe(200);
    }
  });

  it('is executed once, however many try at once', async () => {
    const { id } = await customer();
    const { body } = await plan(id);
    const all = await Promise.all(Array.from({ length: 12 }, () => execute(body.id)));
    expect(all.filter(({ status }) => status === 200)).toHaveLength(1);
    for (const { status, body: said } of all)
      if (status !== 200)
        expect(['removals.executed', 'removals.changed', 'request.contended']).toContain(said.code);
    expect((await execute(body.id)).body.code).toBe('removals.executed');
    // A customer that is gone is in no plan any more.
    expect((await plan(id)).status).toBe(404);
  });

  it('is told again to who sends the same request again', async () => {
    const { id } = await customer();
    const { body } = await plan(id);
    const key = randomUUID();
    const [first, again] = [
      await execute(body.id, msp.catalog, key),
      await execute(body.id, msp.catalog, key),
    ];
    expect([first.status, again.status, again.headers['idempotent-replayed']]).toEqual([200, 200, 'true']);
  });

  it('stays with who made it', async () => {
    const reseller = await plantReseller(msp);
    const one = await customer(reseller.admin);
    const { body } = await plan(one.id, undefined, reseller.admin);
    expect((await read(body.id, reseller.admin)).status).toBe(200);
    expect((await read(body.id, msp.catalog)).status).toBe(404);
    expect((await execute(body.id, msp.catalog)).status).toBe(404);
    expect((await execute(body.id, reseller.admin)).status).toBe(200);
    const two = await customer(reseller.admin);
    const made = await plan(two.id, undefined, reseller.admin);
    await call(`POST /v1/customers/${two.id}/move`, { as: msp.catalog, body: { parentId: msp.id } });
    await arrive(two.id);
    expect((await execute(made.body.id, reseller.admin)).body.code).toBe('removals.changed');
  });

  it('does not take more than one change can hold', async () => {
    const domains = Array.from({ length: 20 }, (_, n) => ({
      name: `${randomUUID()}.example`,
      primary: n === 0,
    }));
    const one = await customer(msp.catalog, { domains });
    for (let n = 0; n < 5; n++)
      await addUser({ id: one.id, path: [], domain: domains[0]?.name ?? '' }, msp.catalog);
    for (let n = 0; n < 40; n++) await shelf(msp, one.id, await stockProduct(msp)).give({ source: 'TRIAL' });
    const { body } = await plan(one.id);
    expect((await execute(body.id)).body).toMatchObject({ code: 'customers.too_much_at_once', most: 97 });
  });
});

describe('a removal', () => {
  it('leaves all that the customer has as it was, but what it names', async () => {
    const [bundled, own] = [await stockProduct(msp, { mspLicence: true }), await stockProduct(msp)];
    const one = await customer(msp.catalog, {
      billingId: randomUUID(),
      accountManagerEmail: 'am@msp.example.com',
    });
    const at = { id: one.id, path: [], domain: one.domains[0].name };
    await addUser(at, msp.catalog);
    const seats = shelf(msp, one.id, bundled);
    await seats.give({ source: 'MSP', seats: 3 });
    await seats.use(2);
    await shelf(msp, one.id, own).buy(5);
    await call(`PUT /v1/customers/${one.id}/licences`, {
      as: msp.catalog,
      headers: any,
      body: { model: 'ALLOCATED', allocations: { DEVICE: { limit: 10 } } },
    });
    await call(`POST /v1/customers/${one.id}/items`, {
      as: msp.catalog,
      body: { items: [{ type: 'DEVICE', name: 'Router' }] },
    });
    const probe = await addProbe(msp.catalog, one.id);
    await enrolBelow(probe);
    await deliver(one.id, msp.id);
    const before = await held(one.id);
    const pool = await get(meterKey(msp.id, 'DEVICE'), true);
    const planned = await plan(one.id);
    expect(planned.body.follows).toMatchObject({
      ...{ probes: 1, machines: 0, people: 2, users: 1, trials: 0, credits: 0, sessions: 0 },
      licences: expect.arrayContaining([
        expect.objectContaining({ productId: bundled.id, kind: 'MSP', seats: 3, used: 2, fate: 'ENDS_NOW' }),
        expect.objectContaining({ productId: own.id, kind: 'SUBSCRIPTION', seats: 5, fate: 'STAYS' }),
      ]),
      pool: expect.arrayContaining([{ resourceType: 'DEVICE', allocated: 10, used: 1 }]),
    });
    expect(hash((await held(one.id)).values())).toBe(hash(before.values()));
    const done = await execute(planned.body.id);
    expect(done.body).toMatchObject({ state: 'RUNNING', report: null });
    expect((await get(meterKey(msp.id, 'DEVICE'), true))?.free).toBe(Number(pool?.free) + 10);
    await deliver(one.id, msp.id);
    const after = await held(one.id);

    // Which attributes of which items differ; nothing is gone.
    const allowed: Readonly<Record<string, RegExp>> = {
      node: /^(parentId|path|G1|S1|G2|companyId|billingId|accountManagerEmail|at|version)$/,
      meter: /^(limit|enforcement|bands|overSince|epoch|at|version)$/,
      subscription: /^(removedAt|version)$/,
      seatMeter: /^(grants|limit|over|bands|use|dueAt|at|version)$/,
      pulse:
        /^(state|enrolment|enrolmentUntil|redeemed|publicKey|previous|previousKey|previousUntil|downSince|told|version)$/,
      probeCounts: /^(UP|REVOKED|version)$/,
      rollup: /^(given|givenTo|own|below_.*|version)$/,
      userCount: /^(dropped|version)$/,
    };
    const changed = [...before].flatMap(([key, item]) => {
      const now = after.get(key);
      if (!now) return [`${key} is gone`];
      const kind = String(item.kind ?? (key.endsWith('#P') ? 'pulse' : 'nothing'));
      return Object.keys({ ...item, ...now })
        .filter((name) => canonical(item[name] ?? null) !== canonical(now[name] ?? null))
        .filter((name) => !allowed[kind]?.test(name))
        .map((name) => `${kind} ${key}: ${name}`);
    });
    expect(changed).toEqual([]);
    const added = [...after].filter(([key]) => !before.has(key)).map(([, item]) => String(item.kind));
    expect([...new Set(added)].sort()).toEqual(
      [
        'audit',
        'delivery',
        'management',
        'message',
        'notice',
        'product',
        'productCount',
        'removal',
        'unique',
      ].sort(),
    );
    // What nothing was to touch has one hash before and after.
    const touched = new Set(Object.keys(allowed));
    const same = (items: Map<string, Stored>) =>
      hash(
        [...before.keys()]
          .sort()
          .flatMap((key) =>
            touched.has(String(before.get(key)?.kind ?? 'pulse')) ? [] : [items.get(key) ?? {}],
          ),
      );
    expect(same(after)).toBe(same(before));
    expect(await pulseOf(probe)).toMatchObject({ state: 'REVOKED' });
    expect((await get(nodeKey(one.id), true))?.accountManagerEmail).toBeNull();
  });

  it('has a report for both sides that a command verifies, and tells both', async () => {
    const one = await customer();
    const probes = [await addProbe(msp.catalog, one.id), await addProbe(msp.catalog, one.id)];
    await enrolBelow(probes[0] as never);
    const id = await removed(one.id);
    const { body } = await read(id);
    expect(body).toMatchObject({ state: 'READY', customerName: one.name });
    expect(faultsOf(body.report)).toEqual([]);
    expect(body.report.probes).toMatchObject({ count: 2 });
    for (const probe of body.report.probes.listed)
      expect(probe).toMatchObject({ state: 'REVOKED', credential: 'OUT' });
    const own = await call('GET /v1/removal-reports', { as: one.admin });
    expect(own.body.items[0].report).toEqual(body.report);
    expect(JSON.stringify(body.report)).not.toContain('@');
    const [mail] = mailbox.to(one.admin.email);
    expect(mail?.subject).toContain('looks after your account no more');
    expect(mail?.text).toContain(body.report.sha256);
    expect(mailbox.to(msp.catalog.email).at(-1)?.subject).toBe(`${one.name} is removed`);

    const folder = mkdtempSync(join(tmpdir(), 'report-'));
    const verify = (value: unknown) => {
      const file = join(folder, 'report.json');
      writeFileSync(file, typeof value === 'string' ? value : JSON.stringify(value));
      return spawnSync(process.execPath, ['infra/ops.ts', 'verify-report', file], { encoding: 'utf8' });
    };
    expect(verify(body.report)).toMatchObject({ status: 0, stdout: expect.stringContaining('is whole') });
    const forged = { ...body.report, follows: { ...body.report.follows, credits: 7 } };
    expect(verify(forged)).toMatchObject({ status: 1, stderr: expect.stringContaining('hash') });
    expect(verify('no report').status).toBe(1);
  });

  it('by somebody above is told to the reseller whose customer it was, which reads the report', async () => {
    const [reseller, stranger] = [await plantReseller(msp), await plantReseller(msp)];
    const one = await customer(reseller.admin);
    const { body } = await plan(one.id);
    expect((await read(body.id, reseller.admin)).status).toBe(404);
    expect((await execute(body.id)).status).toBe(200);
    await deliver(one.id, msp.id, reseller.id);
    const theirs = await read(body.id, reseller.admin);
    expect(theirs.body).toMatchObject({ state: 'READY', customerId: one.id });
    expect(theirs.body.report).toEqual((await read(body.id)).body.report);
    expect((await read(body.id, stranger.admin)).status).toBe(404);
    expect((await execute(body.id, reseller.admin)).body.code).toBe('removals.executed');
    const [mail, ...more] = mailbox.to(reseller.admin.email);
    expect(mail?.text).toContain(`Your provider has removed ${one.name}`);
    expect(more).toEqual([]);
    expect(mailbox.to(stranger.admin.email)).toEqual([]);
    expect((await call('GET /v1/removal-reports', { as: reseller.admin })).status).toBe(403);
    const head = await enlist(reseller.id, ['CUSTOMER_ADMINISTRATOR']);
    expect((await call('GET /v1/removal-reports', { as: head })).body.items).toEqual([]);
  });

  it('gives MSP seats back at once, or at midnight of the deadline, told before', async () => {
    const product = await stockProduct(msp, { mspLicence: true });
    const [now, then] = [await customer(), await customer()];
    for (const { id } of [now, then]) {
      await shelf(msp, id, product).give({ source: 'MSP', seats: 4 });
      await shelf(msp, id, product).use(1);
    }
    const ended = (await read(await removed(now.id))).body.report.follows.licences;
    expect(ended).toMatchObject([
      {
        kind: 'MSP',
        metered: { month: new Date().toISOString().slice(0, 7), peak: 1, mspSeats: 1, overage: 0 },
      },
    ]);
    const seatsOf = (id: string) => get(seatMeterKey(id, product.id), true);
    expect(await seatsOf(now.id)).toMatchObject({ limit: 0, used: 1, grants: [] });
    const id = await removed(then.id, { licences: 'customer-buys', deadline: 5 });
    const { report } = (await read(id)).body;
    const { deadline } = report.follows;
    expect(new Date(deadline).toLocaleTimeString('de-AT', { timeZone: 'Europe/Vienna' })).toBe('00:00:00');
    expect(await seatsOf(then.id)).toMatchObject({ limit: 4, grants: [{ kind: 'MSP', until: deadline }] });
    const licences = await call('GET /v1/subscriptions', { as: then.admin });
    expect(licences.body.items).toMatchObject([{ kind: 'MSP', state: 'EXPIRING', endsAt: deadline }]);
    vi.useFakeTimers({ now: Date.parse(deadline) - 23 * 3_600_000, toFake: ['Date'] });
    await checkWithin(new Date().toISOString(), 10_000);
    await deliver(then.id);
    const told = mailbox.to(then.admin.email).map(({ subject }) => subject);
    expect(told.some((subject) => subject.includes(product.name))).toBe(true);
    expect(mailbox.to('manager@msp.example.com').filter(({ text }) => text.includes(then.name))).toEqual([]);
  });

  it('has the customer manage itself, and ends what its partner might', async () => {
    const one = await customer();
    await removed(one.id);
    expect(await get(managementKey(one.id), true)).toMatchObject({
      managementType: 'CUSTOMER',
      communications: 'CUSTOMER_ONLY',
    });
    expect((await get(accessKey(one.id), true))?.state ?? 'NONE').not.toBe('GIVEN');
    expect((await call('GET /v1/me', { as: one.admin })).status).toBe(200);
    expect((await call(`GET /v1/customers/${one.id}/machines`, { as: one.admin })).status).toBe(200);
  });

  it('keeps every promise of the table', async () => {
    expect(
      (await violations(await everything()))
        .filter(({ invariant }) => invariant !== 'sums')
        .map((one) => JSON.stringify(one)),
    ).toEqual([]);
  });
});

describe('licences of its own', () => {
  it('are bought by who stands alone, in its own name; others are told who sells to them', async () => {
    const product = await stockProduct(msp, { mspLicence: true });
    const one = await customer();
    await shelf(msp, one.id, product).give({ source: 'MSP', seats: 2 });
    const keyed = await call('POST /v1/licence-keys', {
      as: msp.catalog,
      body: { productId: product.id, seats: 7, days: 30 },
    });
    const purchase = { source: 'PURCHASE', productId: product.id, seats: 9, termDays: 365, purchaser: buyer };
    const buy = (body: object) => call('POST /v1/subscriptions', { as: one.admin, body });
    const { name } = (await call(`GET /v1/providers/${msp.id}`, { as: msp.system })).body;
    expect((await buy(purchase)).body).toMatchObject({ code: 'own_licences.sold_by_partner', partner: name });
    await removed(one.id);
    const partners = [
      { ...buyer, company: name },
      { ...buyer, email: msp.catalog.email },
    ];
    for (const purchaser of partners)
      expect((await buy({ ...purchase, purchaser })).body.code).toBe('licensing.purchaser_is_partner');
    expect(await buy(purchase)).toMatchObject({ status: 201, body: { kind: 'SUBSCRIPTION', seats: 9 } });
    const redeem = { source: 'LICENCE_KEY', licenceKey: keyed.body.key };
    expect(await buy(redeem)).toMatchObject({ status: 201, body: { seats: 7 } });
    expect((await buy(redeem)).body.code).toBe('licensing.key_used');
    const wrong = { ...redeem, licenceKey: `${keyed.body.key.slice(0, -3)}AAA` };
    expect((await buy(wrong)).body.code).toBe('licensing.key_unknown');
    const other = await stockProduct(msp);
    expect((await buy({ ...purchase, productId: other.id })).body.code).toBe('licensing.product_unknown');
    expect((await buy({ source: 'TRIAL', productId: product.id })).status).toBe(400);
    expect((await call('POST /v1/subscriptions', { as: msp.catalog, body: purchase })).status).toBe(403);
  });

  it('end where keys, products and a customer’s licences do', async () => {
    const [retired, kept] = [await stockProduct(msp, { mspLicence: true }), await stockProduct(msp)];
    const one = await customer();
    await shelf(msp, one.id, retired).give({ source: 'MSP', seats: 2 });
    await shelf(msp, one.id, kept).give({ source: 'TRIAL' });
    const found = await call(`GET /v1/products/${retired.id}`, { as: msp.catalog });
    const headers = { 'if-match': String(found.headers.etag) };
    const ended = await call(`PATCH /v1/products/${retired.id}`, {
      ...{ as: msp.catalog, headers },
      body: { state: 'RETIRED' },
    });
    expect(ended.status).toBe(200);
    const keyed = await call('POST /v1/licence-keys', {
      as: msp.catalog,
      body: { productId: kept.id, seats: 1, days: 30, validDays: 1 },
    });
    await removed(one.id);
    const buy = (body: object) => call('POST /v1/subscriptions', { as: one.admin, body });
    const purchase = { source: 'PURCHASE', productId: kept.id, seats: 1, termDays: 30, purchaser: buyer };
    expect((await buy({ ...purchase, productId: retired.id })).body.code).toBe('licensing.product_retired');
    for (let count = 1; count < 20; count++) expect((await buy(purchase)).status).toBe(201);
    expect((await buy(purchase)).body.code).toBe('licensing.too_many_subscriptions');
    vi.useFakeTimers({ now: Date.now() + 2 * 86_400_000, toFake: ['Date'] });
    onTestFinished(() => void vi.useRealTimers());
    const late = await buy({ source: 'LICENCE_KEY', licenceKey: keyed.body.key });
    expect(late.body.code).toBe('licensing.key_expired');
  });
});

describe('a report', () => {
  const drained = fc.record({
    id: fc.uuid(),
    state: fc.constantFrom('REVOKED', 'RETIRED'),
    seenAt: fc.option(fc.string()),
    sequence: fc.nat(),
    credential: fc.constant('OUT' as const),
  });
  const whole = (probes: Parameters<typeof listOf>[0]) =>
    sign({
      schema: 1,
      removalId: 'rmv_1',
      customer: { id: 'cus_1', name: 'C' },
      partner: { id: 'prv_1', name: 'P' },
      licences: 'return-to-pool',
      executedAt: '2026-11-21T10:00:00.000Z',
      readyAt: '2026-11-21T10:00:01.000Z',
      follows: {
        ...{
          licences: [],
          deadline: null,
          pool: [],
          credits: 0,
          probes: probes.length,
          machines: 0,
          packages: 0,
        },
        ...{ sessions: 0, trials: 0, people: 1, users: 0, directoryObjects: 0 },
      },
      probes: listOf(probes),
      machines: listOf([]),
      packagesRevoked: 0,
    });

  it('is whole however it was stored, and in no other words', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(drained, { maxLength: 20, selector: ({ id }) => id }),
        fc.integer(),
        (probes, more) => {
          const report = whole(probes);
          const backwards = Object.fromEntries(Object.entries(report).reverse());
          expect(faultsOf(JSON.parse(JSON.stringify(backwards)))).toEqual([]);
          if (more !== 0) expect(faultsOf({ ...report, packagesRevoked: more })).not.toEqual([]);
          if (probes.length > 0)
            expect(faultsOf({ ...report, probes: { ...report.probes, listed: [] } })).not.toEqual([]);
        },
      ),
    );
  });
});
