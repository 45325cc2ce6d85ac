import { beforeAll, describe, expect, it } from 'vitest';
import { onTotalsChanged } from '../../functions/probes/on-totals-changed.ts';
import { invariants as promised, type Stored, type Violation } from '../../infra/fsck/check.ts';
import { examine, violations } from '../../infra/fsck/examine.ts';
import { everything, scan } from '../../lib/aws/scan.ts';
import { newId } from '../../lib/aws/world.ts';
import { ownEvents } from '../../lib/kit/context.ts';
import type { Envelope } from '../../lib/kit/event.ts';
import { newAgent } from '../kit/agent.ts';
import { announcedBy, deliver } from '../kit/deliver.ts';
import { type Branch, plantDirectly, plantReseller } from '../kit/forest.ts';
import { ownTable } from '../kit/own-table.ts';
import { plantCreditSystem } from '../kit/plant.ts';
import { type Answer, addCustomer, type Caller, call, type Msp, makeMsp } from '../kit/world.ts';
import { openDesk, setPool } from '../licensing/desk.ts';
import { buyer as contact, shelf, stockProduct } from '../licensing/shelf.ts';
import { move as carry, openCatalogue, order, own, plantEndUser, offer as stock } from '../requests/desk.ts';
import { define, give, giveUser, offer, withdraw } from '../services/desk.ts';
import { add, callerOf, preset } from '../users/people.ts';
import { type Change, changed, edit, firstOf, linesOf, of, without } from './breaking.ts';

let msp: Msp;
let other: Msp;
let reseller: Branch;
let customer: { id: string; userId: string; collectionId: string };
let ledger: string;
let buyer: string;
let items: readonly Stored[];

async function send(line: string, as: Caller, body?: unknown): Promise<Answer> {
  const answer = await call(line, { as, body, headers: { 'if-match': '*' } });
  if (answer.status >= 300)
    throw new Error(`${line} answered ${answer.status}: ${JSON.stringify(answer.body)}`);
  return answer;
}

/** One provider with something of everything that is checked, made over the API alone. */
ownTable();
beforeAll(async () => {
  [msp, other] = [await makeMsp(), await makeMsp()];
  const as = msp.catalog;
  await send('POST /v1/external-users', other.catalog, { name: 'A', email: 'a@ext.example.com' });
  await send('POST /v1/collaborator-groups', other.catalog, { name: 'Builders' });
  const former = await plantReseller(msp);
  reseller = await plantReseller(msp, former.id);
  const leaf = await plantDirectly(reseller.admin);
  const [shared] = (await send(`GET /v1/customers/${reseller.id}`, as)).body.domains;
  await plantDirectly(reseller.admin, { domain: shared.name, shareDomains: true });
  const at = { id: leaf.id, path: [], domain: leaf.domains[0].name };
  const service = await define(as);
  for (const { id } of [former, reseller]) await offer(as, { id }, service);
  await give(as, at, service);
  const roles = ['USER_ADMINISTRATOR', 'SERVICE_ADMINISTRATOR'];
  const made = await send('POST /v1/role-collections', as, { name: 'Helpers', roles });
  const first = await add(at, as);
  const user = await add(at, as, { role: { collectionId: made.body.id } });
  await add(at, callerOf(first), preset('USER_ADMINISTRATOR'));
  await giveUser(as, user, service);
  customer = { id: leaf.id, userId: user.body.id, collectionId: made.body.id };
  await send(`POST /v1/customers/${reseller.id}/move`, as, { parentId: msp.id });
  const desk = await openDesk(msp);
  await setPool(msp, 'DEVICE', 100);
  await desk.allocate({ model: 'ALLOCATED', allocations: { DEVICE: { limit: 5, enforcement: 'SOFT' } } });
  await desk.add(7);
  await plantCreditSystem(msp.id);
  ledger = (await addCustomer(msp)).id;
  const post = (what: string, body: object) => send(`POST /v1/customers/${ledger}/credits/${what}`, as, body);
  await post('grants', { amount: 100 });
  for (const amount of [5, 6, 7])
    await post('debits', { amount, serviceId: 'laptop', requestId: newId('request', Date.now()) });
  const debit = await post('debits', {
    amount: 8,
    serviceId: 'laptop',
    requestId: newId('request', Date.now()),
  });
  await post('refunds', { entryId: debit.body.entryId, reason: 'Not delivered' });
  await buy();
  await withdraw(as, { id: former.id }, service);
  await send(`DELETE /v1/customers/${former.id}`, as);
  await report(desk.id);
  await license(ledger);
  await deliver(reseller.id);
  const nodes = (await everything()).filter(({ kind }) => kind === 'node' || kind === 'archive');
  for (const one of await announcedBy(...nodes.map(({ id }) => String(id)))) await total(one);
  items = await everything();
});

/** A probe tells what it has found. */
async function report(customerId: string): Promise<void> {
  const as = msp.catalog;
  const { body } = await send(`POST /v1/customers/${customerId}/probes`, as, { name: 'Head office' });
  const agent = newAgent();
  await agent.enrol(body.enrolmentKey);
  const items = [{ type: 'DEVICE', externalId: 'switch-1', name: 'Switch' }];
  await agent.send('POST /v1/agent/inventory', { sequence: 1, items });
}

/** A customer with a trial, a purchase, an MSP licence and seats. */
async function license(customerId: string): Promise<void> {
  const product = await stockProduct(msp, { mspLicence: true });
  const one = shelf(msp, customerId, product);
  await one.give({ source: 'TRIAL' });
  await one.give({ source: 'MSP', seats: 1 });
  const { body } = await one.buy(3);
  await one.use(4);
  await one.use(2);
  await one.remove((await one.buy(1)).body.id);
  await one.renew(body.id, { source: 'PURCHASE', seats: 5, termDays: 9, purchaser: contact });
}

/** Lets the sums of the tree follow an event. */
async function total(envelope: Envelope): Promise<void> {
  const waited = ownEvents(onTotalsChanged)?.some(({ type }) => type === envelope.type);
  if (waited) await onTotalsChanged.handle(envelope);
}

/** Requests of a customer: open, completed, ended with a refund, free. */
async function buy(): Promise<void> {
  const { id } = await addCustomer(msp);
  buyer = id;
  const ada = await plantEndUser({ id, provider: msp.id });
  await openCatalogue(msp.catalog, id);
  const priced = await stock(msp, id, { price: { base: 7 } });
  const made = [
    await order(ada, priced),
    await order(ada, priced),
    await order(ada, await stock(msp, id)),
  ] as const;
  expect(made.map(({ status }) => status)).toEqual([201, 201, 201]);
  await own(ada, made[1], 'cancel');
  for (const verb of ['start', 'complete']) await carry(msp.catalog, made[2], verb);
}

const broken = async (change: Change) => linesOf(await violations(changed(items, change)));
const first = (chosen: (item: Stored) => boolean) => firstOf(items, chosen);
const besides =
  (...more: readonly Stored[]): Change =>
  (item) =>
    item === items[0] ? [item, ...more] : item;
const node = (id: string) => first(of('node', { id }));

describe('a clean table', () => {
  it('holds something of every kind that is checked, and breaks nothing', async () => {
    expect(linesOf(await violations(items))).toEqual([]);
    const kinds =
      'node member identity unique user userCount roleCollection offer instance pool meter item entry refund';
    for (const kind of kinds.split(' ')) first(of(kind));
    for (const kind of 'audit archive reseller forest move person company companyGroup mspMode'.split(' '))
      first(of(kind));
    for (const kind of ['externalUser', 'collaboratorGroup', 'service', 'request', 'requestCount'])
      first(of(kind));
  });

  it('is read in segments, with its indexes, without being held', async () => {
    const found: Violation[] = [];
    let held = 0;
    const read = await examine(
      (see, index) => scan((item) => see(item), { segments: 3, index }).then(() => void held++),
      (one) => found.push(one),
    );
    expect(linesOf(found)).toEqual([]);
    expect(read).toEqual({ items: items.length, passes: 2 });
    expect(held).toBe(4);
  });
});

/** What is planted, and what must be said of it and of nothing else (by the beginning of each line). */
const plants: readonly [string, () => Change, () => readonly (string | RegExp)[]][] = [
  [
    'a path that is not the parent’s',
    () => edit(node(customer.id), { path: `${msp.id}/${customer.id}` }),
    () => [/^tree: .*: its path does not lead/],
  ],
  [
    'a place elsewhere in the index',
    () => edit(node(customer.id), { S1: 'elsewhere' }),
    () => [`tree: ${customer.id}: it stands elsewhere`],
  ],
  [
    'a name under another parent',
    () => edit(node(customer.id), { S2: 'elsewhere' }),
    () => [`tree: ${customer.id}: it is listed by another name`],
  ],
  [
    'a parent that sells nothing',
    () => edit(node(reseller.id), { type: 'CUSTOMER' }),
    () => [
      `tree: ${customer.id}: its parent is no reseller`,
      `counts: ${reseller.id}: node and reseller service`,
    ],
  ],
  [
    'a cycle',
    () => edit(node(reseller.id), { path: `${String(node(customer.id).path)}/${reseller.id}` }),
    () => [`tree: ${reseller.id}: it stands below itself`],
  ],
  [
    'no administrator',
    () => (item) =>
      item.kind === 'member' && String(item.PK).includes(customer.id) ? { ...item, roles: [] } : item,
    () => [`administrators: ${customer.id}`, /^roles: .*user and membership differ/],
  ],
  [
    'an administrator whose time ends',
    () => (item) =>
      item.kind === 'member' && String(item.PK).includes(customer.id)
        ? { ...item, endsAt: '2027-01-01T00:00:00.000Z' }
        : item,
    () => [`administrators: ${customer.id}`],
  ],
  [
    'a membership with more roles than its user',
    () =>
      edit(
        first((item) => item.kind === 'member' && String(item.id).slice(-26) === customer.userId.slice(-26)),
        { roles: ['CUSTOMER_ADMINISTRATOR'] },
      ),
    () => [/^roles: .*user and membership differ/],
  ],
  [
    'a user whose roles its collection does not give',
    () => edit(first(of('roleCollection')), { roles: ['USER_ADMINISTRATOR'] }),
    () => [
      /^roles: .*it holds SERVICE_ADMINISTRATOR,USER_ADMINISTRATOR|^roles: .*it holds USER_ADMINISTRATOR,SERVICE_ADMINISTRATOR/,
    ],
  ],
  [
    'a role of another kind of node',
    () =>
      edit(
        first((item) => item.kind === 'member' && String(item.PK).includes(msp.id)),
        { roles: ['PLATFORM_OPERATOR'] },
      ),
    () => [/^roles: .*PLATFORM_OPERATOR, which is no role there/],
  ],
  [
    'a service that the parent does not offer',
    () =>
      edit(
        first((item) => item.kind === 'offer' && String(item.PK).includes(reseller.id)),
        { offered: 0 },
      ),
    () => [`narrowing: ${customer.id}`],
  ],
  [
    'a user’s service that its customer never had',
    () => without(first((item) => item.kind === 'instance' && String(item.SK).startsWith('#'))),
    () => [`narrowing: ${customer.id}: a user has`, `counts: ${reseller.id} svc_`],
  ],
  [
    'an item of nobody',
    () => besides({ PK: `T#cus_${'7'.repeat(26)}`, SK: 'S#X' }),
    () => [`tenancy: T#cus_${'7'.repeat(26)} S#X`],
  ],
  [
    'an item listed under a stranger',
    () =>
      edit(
        first((item) => item.kind === 'audit' && String(item.PK).includes(customer.id)),
        { G1: `T#${other.id}#AUDIT` },
      ),
    () => [/^tenancy: .*G1 lists it under prv_/],
  ],
  [
    'an item of two tenants',
    () => edit(first(of('user')), { customerId: reseller.id }),
    () => [/^tenancy: .* says cus_/],
  ],
  [
    'a wrong count of children',
    () =>
      edit(
        first((item) => item.kind === 'reseller' && String(item.PK).includes(reseller.id)),
        { children: 4 },
      ),
    () => [`counts: ${reseller.id}: it counts 2 children more`],
  ],
  [
    'a wrong count of customers',
    () =>
      edit(
        first((item) => item.kind === 'mspMode' && String(item.PK).includes(msp.id)),
        { customers: 99 },
      ),
    () => [/^counts: prv_.*customers more/],
  ],
  [
    'a wrong count of who shares a domain',
    () => edit(first(of('unique', { sharers: 1 })), { sharers: 0 }),
    () => [/^counts: .*1 sharers fewer/],
  ],
  [
    'a wrong count of users',
    () => edit(first(of('userCount')), { users: 2 }),
    () => [`counts: ${customer.id}: it counts 1 users fewer`],
  ],
  [
    'a wrong count of a group’s people',
    () => edit(first(of('companyGroup')), { members: 9 }),
    () => [/^counts: .*people more/],
  ],
  [
    'a wrong count of a collection’s holders',
    () => edit(first(of('roleCollection')), { users: 5 }),
    () => [`counts: ${customer.collectionId}: it counts 4 holders more`],
  ],
  [
    'a wrong count of who holds a service',
    () =>
      edit(
        first((item) => item.kind === 'offer' && String(item.PK).includes(reseller.id)),
        { held: 4 },
      ),
    () => [/^counts: .*holders right below more/],
  ],
  [
    'a wrong count of items in use',
    () => without(first(of('item', { state: 'MANAGED' }))),
    () => [/^counts: .*items in use more/],
  ],
  [
    'an entry that was changed',
    () => edit(first(of('entry', { PK: `T#${ledger}#ENTRY`, seq: 3 })), { reason: 'Something else' }),
    () => [`ledgers: ${ledger} entry 4: the entry before is not`],
  ],
  [
    'an entry of another amount',
    () => edit(first(of('entry', { PK: `T#${ledger}#ENTRY`, seq: 3 })), { amount: 50 }),
    () => [`ledgers: ${ledger} entry 3: it begins with a balance of`, `ledgers: ${ledger} entry 4`],
  ],
  [
    'an entry that is missing',
    () => without(first(of('entry', { PK: `T#${ledger}#ENTRY`, seq: 3 }))),
    () => [`ledgers: ${ledger} entry 4: it follows entry 2`],
  ],
  [
    'an entry in the wrong place',
    () => edit(first(of('entry', { PK: `T#${ledger}#ENTRY`, seq: 3 })), { SK: '2020-01-01T00:00:00.000Z' }),
    () => [`ledgers: ${ledger} entry 3: it stands under another moment`, `ledgers: ${ledger} entry 4`],
  ],
  [
    'an unreadable entry',
    () => besides({ PK: `T#${ledger}#ENTRY`, SK: 'x', kind: 'entry' }),
    () => [/^ledgers: .*it is no entry/],
  ],
  [
    'a pool that lends more than it has',
    () => edit(first(of('pool')), { licensed: 2, free: -5 }),
    () => [/^pools: .*5 licences more than it has/],
  ],
  [
    'a pool that does not add up',
    () => edit(first(of('pool')), { licensed: 200 }),
    () => [/^pools: .*licensed is not/],
  ],
  [
    'a pool that miscounts',
    () => edit(first(of('meter', { type: 'DEVICE' })), { limit: 6 }),
    () => [/^pools: .*allocated fewer/, /^pools: .*shared more/],
  ],
  [
    'a name kept for nobody',
    () => besides({ PK: `T#${msp.id}#UNIQUE`, SK: 'CODE#x', kind: 'unique' }),
    () => [`names: T#${msp.id}#UNIQUE CODE#x: nobody`],
  ],
  [
    'a name that nothing keeps',
    () => without(first((item) => item.kind === 'unique' && String(item.SK).startsWith('UPN#'))),
    () => [/^names: .*nothing keeps .*UPN#/],
  ],
  [
    'an address that nothing keeps',
    () => without(first(of('identity', { tenantId: ledger }))),
    () => [/^names: .*M#per_.*nothing keeps .*IDENTITY/],
  ],
  [
    'two owners of a name',
    () => edit(node(customer.id), { code: node(reseller.id).code }),
    () => [/^names: .*they share .*CODE#/, /^names: .*CODE#.*: nobody has what it keeps/],
  ],
  [
    'a refund without its mark',
    () => without(first(of('refund'))),
    () => [/^names: .*nothing keeps .*REFUND#/],
  ],
  [
    'a wrong count of open requests',
    () => edit(first(of('requestCount')), { open: 5 }),
    () => [`requests: ${buyer}: it counts 4 open requests more`],
  ],
  [
    'an open request that nobody counts',
    () =>
      edit(first(of('request', { state: 'COMPLETED' })), { state: 'IN_PROGRESS', completedAt: undefined }),
    () => [`requests: ${buyer}: it counts 1 open requests fewer`],
  ],
  [
    'a request of another price than was debited',
    () =>
      edit(first(of('request', { state: 'INITIATED_PLANNING' })), {
        price: { unit: 'CREDITS', amount: 8, total: 8 },
      }),
    () => [/^requests: .*REQUEST req_.*: no such debit/, /^requests: .*ENTRY .*: no request of this price/],
  ],
  [
    'a debit that nobody requested',
    () => (item) =>
      item === first(of('request', { state: 'INITIATED_PLANNING' }))
        ? []
        : item.kind === 'requestCount'
          ? { ...item, open: 0 }
          : item,
    () => [/^requests: .*ENTRY .*: no request of this price/],
  ],
  [
    'a request that says it was debited and was not',
    () =>
      edit(first(of('request', { state: 'INITIATED_PLANNING' })), { debitEntryId: 'ent_20200101000000000' }),
    () => [/^requests: .*REQUEST req_.*: no such debit/, /^requests: .*ENTRY .*: no request of this price/],
  ],
  [
    'a request for credits that says nothing of a debit',
    () => edit(first(of('request', { state: 'INITIATED_PLANNING' })), { debitEntryId: null }),
    () => [/^requests: .*whether it was debited disagree/, /^requests: .*ENTRY .*: no request of this price/],
  ],
  [
    'a refund that the ledger does not know',
    () => edit(first(of('request', { state: 'CANCELLED' })), { refundEntryId: 'ent_20200101000000000' }),
    () => [/^requests: .*REQUEST req_.*: no such refund/],
  ],
  [
    'a request that ended without its refund',
    () =>
      edit(first(of('request', { state: 'INITIATED_PLANNING' })), {
        state: 'REJECTED',
      }),
    () => [
      /^requests: .*it ended and nothing was given back/,
      `requests: ${buyer}: it counts 1 open requests more`,
    ],
  ],
  [
    'a refund of a request that was fulfilled',
    () =>
      edit(first(of('request', { state: 'CANCELLED' })), {
        state: 'COMPLETED',
        completedAt: '2026-11-21T00:00:00.000Z',
      }),
    () => [/^requests: .*it was given back what it did not pay, or still has/],
  ],
  [
    'an unreadable request',
    () => edit(first(of('request', { state: 'COMPLETED' })), { quantity: 'many' }),
    () => [/^requests: .*it is no request/],
  ],
  [
    'a wrong count of probes',
    () => edit(first(of('probeCounts')), { UP: 4 }),
    () => [/^probes: .*it counts 3 UP probes more/, /^sums: .*of itself/],
  ],
  [
    'an item of a probe that is not there',
    () =>
      edit(
        first((item) => item.kind === 'item' && item.probeId !== undefined),
        { probeId: 'prb_X' },
      ),
    () => [/^probes: .*ITEM itm_.*: there is no such probe prb_X/],
  ],
  [
    'a probe that counts items which it has not',
    () => edit(first(of('pulse')), { items: 4 }),
    () => [/^probes: .*probe prb_.* counts 3 items more than it has/],
  ],
  [
    'a probe that nobody looks at',
    () => without(first(of('look'))),
    () => [/^probes: .*PROBE prb_.*: there is no such look prb_/],
  ],
  [
    'a probe without its pulse',
    () => without(first(of('pulse'))),
    () => [/^probes: .*PROBE prb_.*: there is no such pulse/, /^probes: .*it counts 1 UP probes more/],
  ],
  [
    'a seat that the meter does not count',
    () => without(first(of('seat'))),
    () => [/^seats: cus_.*it counts 1 seats of prd_.* more than there are/],
  ],
  [
    'a trial that may be had again',
    () => without(first(of('trial'))),
    () => [/^names: .*nothing keeps .*TRIAL#prd_/],
  ],
  [
    'a second trial',
    () =>
      besides({
        ...first(of('subscription', { licenceKind: 'TRIAL' })),
        SK: 'sub_2',
        removedAt: '2026-01-01',
      }),
    () => [/^names: .*they share .*TRIAL#prd_/],
  ],
  [
    'a licence of other seats than the meter counts',
    () => edit(first(of('subscription', { licenceKind: 'MSP' })), { seats: 70 }),
    () => [/^seats: .*its meter does not count it/, /^seats: .*it counts a licence that there is not/],
  ],
  [
    'an end that nobody will be told of',
    () => without(first(of('licenceDue'))),
    () => [/^seats: .*what it waits for is not in the list/],
  ],
  [
    'a note that no meter waits for',
    () => besides({ ...first(of('licenceDue')), SK: '2026-01-01T00:00:00.000Z#x' }),
    () => [/^seats: .*no meter waits for it/],
  ],
  [
    'a wrong count of products',
    () => edit(first(of('productCount')), { products: 3 }),
    () => [/^seats: prv_.*it counts 2 products more/],
  ],
  [
    'a sum that nobody has handed up',
    () =>
      edit(
        first((item) => item.kind === 'rollup' && String(item.PK).startsWith('T#prv_')),
        { below_UP: 7 },
      ),
    () => [/^sums: prv_.*of what is below it/],
  ],
  [
    'a sum that was not handed up',
    () => without(first((item) => item.kind === 'rollup' && item.givenTo === msp.id)),
    () => [/^sums: cus_.*of itself/, /^sums: prv_.*of what is below it/],
  ],
  [
    'a version without an entry',
    () => edit(node(customer.id), { version: 9 }),
    () => [`receipts: ${customer.id}: it is at version 9`],
  ],
  [
    'a node without an entry of its creation',
    () =>
      without(
        first(
          (item) => item.kind === 'audit' && item.action === 'customers.add' && item.subject === customer.id,
        ),
      ),
    () => [`receipts: ${customer.id}: no entry tells of its creation`],
  ],
  [
    'an entry at another time',
    () => edit(first(of('audit')), { at: '2020-01-01T00:00:00.000Z' }),
    () => [/^receipts: .*its time and its place disagree/],
  ],
];

describe('a broken table', () => {
  it.each(plants)('with %s', async (_, change, expected) => {
    const found = await broken(change());
    for (const one of expected()) {
      expect(
        found.some((line) => (typeof one === 'string' ? line.startsWith(one) : one.test(line))),
        found.join('\n'),
      ).toBe(true);
    }
    const checkOf = (one: string | RegExp) =>
      (typeof one === 'string' ? one : one.source.slice(1)).split(':')[0];
    const named = new Set(found.map((line) => line.split(':')[0]));
    // A node in the wrong place, or of another's name, is wrong in more than one way.
    if (!expected().some((one) => checkOf(one) === 'tree'))
      expect(named, found.join('\n')).toEqual(new Set(expected().map(checkOf)));
  });

  it('with an index entry behind which nothing stands, and with an item that the index does not show', async () => {
    const listed = items.filter((item) => item.G1 !== undefined);
    const ghost = { ...listed[0], PK: `T#${customer.id}`, SK: 'gone' };
    const found = linesOf(await violations(items, { tree: [...listed.slice(1), ghost] }));
    expect(found.filter((line) => line.endsWith('no item stands behind it'))).toHaveLength(1);
    expect(found.filter((line) => line.endsWith('the index does not show it'))).toHaveLength(1);
    expect(found).toHaveLength(2);
  });

  it('is planted for every check', () => {
    const named = plants.flatMap(([, , expected]) => {
      try {
        return expected().map((one) => String(one));
      } catch {
        return [];
      }
    });
    const elsewhere: readonly string[] = [
      'indexes',
      'catalogue',
      'machines',
      'consoles',
      'imports',
      'access',
      'seals',
    ];
    for (const one of promised) if (!elsewhere.includes(one)) expect(named.join('\n')).toContain(`${one}:`);
  });
});
