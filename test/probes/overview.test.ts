import { beforeAll, describe, expect, it } from 'vitest';
import { onMoveRequested } from '../../functions/customers/on-move-requested.ts';
import { onProbeRetired } from '../../functions/probes/on-probe-retired.ts';
import { onTotalsChanged } from '../../functions/probes/on-totals-changed.ts';
import { get } from '../../lib/aws/db.ts';
import { ownEvents } from '../../lib/kit/context.ts';
import type { Envelope } from '../../lib/kit/event.ts';
import { rollupKey } from '../../lib/kit/keys.ts';
import { newAgent, type TestAgent } from '../kit/agent.ts';
import { announcedBy } from '../kit/deliver.ts';
import { faults, listenForFaults, meanwhile, under } from '../kit/faults.ts';
import { any, plantDirectly, plantReseller } from '../kit/forest.ts';
import { plantCreditSystem } from '../kit/plant.ts';
import { type Answer, type Caller, call, ensureMspMode, type Msp, makeMsp } from '../kit/world.ts';
import { setPool } from '../licensing/desk.ts';

let msp: Msp;
/** Every node that was ever made, with its parent; null where it was deleted. */
const parents = new Map<string, string | null>();
const told = new Set<string>();
let met = 0;

beforeAll(async () => {
  listenForFaults();
  msp = await makeMsp();
  await ensureMspMode(msp);
  await plantCreditSystem(msp.id);
  await setPool(msp, 'DEVICE', 1000);
  await setPool(msp, 'FIREWALL', 1000);
});

async function send(line: string, body?: unknown, as: Caller = msp.catalog): Promise<Answer> {
  const answer = await call(line, { as, body, headers: any });
  if (answer.status >= 300) throw new Error(`${line}: ${answer.status} ${JSON.stringify(answer.body)}`);
  return answer;
}

async function reseller(parentId = msp.id) {
  const made = await plantReseller(msp, parentId);
  parents.set(made.id, parentId);
  return made;
}
async function customer(parentId = msp.id): Promise<string> {
  const { id } = await plantDirectly(msp.catalog, { parentId });
  parents.set(id, parentId);
  return id;
}

interface Probe {
  readonly id: string;
  readonly agent: TestAgent;
}
async function probe(customerId: string, enrolled = true): Promise<Probe> {
  const name = `Probe ${Math.random()}`;
  const { body } = await send(`POST /v1/customers/${customerId}/probes`, { name });
  const agent = newAgent();
  if (enrolled) await agent.enrol(body.enrolmentKey);
  return { id: body.id ?? body.probe?.id, agent };
}
const things = (count: number, type = 'DEVICE') =>
  Array.from({ length: count }, (_, at) => ({ type, externalId: `t-${at}`, name: `Thing ${at}` }));

/** Events that nobody has reacted to yet. */
async function fresh(): Promise<Envelope[]> {
  const all = await announcedBy(msp.id, ...parents.keys());
  return all.filter(({ id }) => !told.has(id));
}

const reactions = [onTotalsChanged, onProbeRetired, onMoveRequested];

/** Hands events on in any order, some twice, until all is quiet: several at once, or each tried again after faults. */
async function settle(random: () => number = () => 0.3): Promise<void> {
  for (let events = await fresh(); events.length > 0; events = await fresh()) {
    for (const { id } of events) told.add(id);
    const sent = events.flatMap((one) => (random() < 0.2 ? [one, one] : [one]));
    const order = sent.map((one) => ({ one, at: random() })).sort((a, b) => a.at - b.at);
    for (let from = 0; from < order.length; from += 4) {
      const some = order.slice(from, from + 4).map(({ one }) => one);
      if (random() < 0.5) await Promise.all(some.map(hand));
      else for (const one of some) await insist(one, random);
    }
  }
}
async function insist(envelope: Envelope, random: () => number): Promise<void> {
  for (;;) {
    const how = faults[Math.floor(random() * faults.length)] ?? 'crash after';
    const { result, struck } = await under({ after: Math.floor(random() * 14), how }, () => hand(envelope));
    if (struck) met++;
    if (result.status === 'fulfilled') return;
  }
}
async function hand(envelope: Envelope): Promise<void> {
  for (const one of reactions)
    if (ownEvents(one)?.some(({ type }) => type === envelope.type)) await one.handle(envelope);
}

const belowOf = async (as: Caller) => (await send('GET /v1/overview', undefined, as)).body.below.customers;

/** What a customer's own routes say of it, added up over everything below a node. */
async function reference(nodeId: string): Promise<Record<string, unknown>> {
  const below = [...parents].flatMap(([id]) => (isBelow(id, nodeId) ? [id] : []));
  const probes: Record<string, number> = { CREATED: 0, PENDING: 0, UP: 0, DOWN: 0, REVOKED: 0 };
  const use = new Map<string, number>();
  let [overLimit, belowZero] = [0, 0];
  for (const id of below) {
    const { body: licences } = await send(`GET /v1/customers/${id}/licences`);
    for (const { resourceType, used } of licences.resources)
      use.set(resourceType, (use.get(resourceType) ?? 0) + used);
    if (licences.resources.some((one: { overLimit: unknown }) => one.overLimit)) overLimit++;
    const { body: listed } = await send(`GET /v1/customers/${id}/probes?limit=100`);
    for (const { state } of listed.items) if (state in probes) probes[state] = (probes[state] ?? 0) + 1;
    if ((await send(`GET /v1/customers/${id}/credits`)).body.balance < 0) belowZero++;
  }
  const ofType = [...use].map(([resourceType, used]) => ({ resourceType, used }));
  return { customers: below.length, probes, use: ofType, overLimit, belowZero };
}
function isBelow(id: string, nodeId: string): boolean {
  const parent = parents.get(id);
  return parent != null && (parent === nodeId || isBelow(parent, nodeId));
}

async function expectExact(...resellers: readonly { id: string; admin: Caller }[]): Promise<void> {
  const { body } = await send('GET /v1/overview', undefined, msp.reader);
  const wanted = await reference(msp.id);
  const plain = { customers: 0, probes: {}, use: [], overLimit: 0, belowZero: 0, ...wanted };
  expect({ ...body.below, use: used(body.below.use) }).toEqual({ ...plain, use: used(plain.use) });
  for (const { id, admin } of resellers) {
    const seen = (await send('GET /v1/overview', undefined, admin)).body;
    expect(seen).toEqual((await send(`GET /v1/customers/${id}/overview`)).body);
    const of = await reference(id);
    expect({ ...seen.below, use: used(seen.below.use) }).toEqual({ ...of, use: used(of.use as never) });
  }
}
const used = (list: readonly { resourceType: string; used: number }[]) =>
  list.filter((one) => one.used > 0).sort((a, b) => (a.resourceType < b.resourceType ? -1 : 1));

describe('an overview', () => {
  it('shows a customer its probes, use, limits, what waits and credits, in one read', async () => {
    const id = await customer();
    await send(`PUT /v1/customers/${id}/licences`, {
      model: 'ALLOCATED',
      allocations: { DEVICE: { limit: 2 }, FIREWALL: { limit: 1, enforcement: 'SOFT' } },
    });
    const { agent } = await probe(id);
    await probe(id, false);
    await agent.send('POST /v1/agent/inventory', {
      sequence: 1,
      items: [...things(3), ...things(2, 'FIREWALL')],
    });
    await send(`POST /v1/customers/${id}/credits/grants`, { amount: 7 });
    const { body } = await send(`GET /v1/customers/${id}/overview`, undefined, msp.reader);
    expect(body).toMatchObject({
      nodeId: id,
      below: null,
      own: { probes: { CREATED: 1, UP: 1, DOWN: 0 }, credits: { balance: 7 } },
    });
    const of = (type: string) =>
      body.own.resources.find((one: { resourceType: string }) => one.resourceType === type);
    expect(of('DEVICE')).toMatchObject({ used: 2, waiting: 1, allocated: 2, overLimit: null });
    expect(of('FIREWALL')).toMatchObject({ used: 2, waiting: 0, allocated: 1 });
    expect(of('FIREWALL').overLimit).toMatchObject({ effect: 'mark' });
  });

  it('is nobody else’s', async () => {
    const other = await makeMsp();
    const id = await customer();
    expect((await call(`GET /v1/customers/${id}/overview`, { as: other.reader })).status).toBe(404);
    expect((await call(`GET /v1/customers/${id}/recommended-allocation`, { as: other.reader })).status).toBe(
      404,
    );
  });

  it('adds up what is below, through moves, deletions, retirements and debts, whatever comes twice or late', async () => {
    let seed = 7;
    const random = () => {
      seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
      return seed / 2_147_483_648;
    };
    const north = await reseller();
    const south = await reseller();
    const inner = await reseller(north.id);
    const [a, b, c] = [await customer(inner.id), await customer(inner.id), await customer(south.id)];
    const probes = [await probe(a), await probe(b), await probe(c), await probe(a, false)];
    const [first, second, third] = probes as [Probe, Probe, Probe];
    await first.agent.send('POST /v1/agent/inventory', { sequence: 1, items: things(5) });
    await second.agent.send('POST /v1/agent/inventory', { sequence: 1, items: things(130) });
    await third.agent.send('POST /v1/agent/inventory', { sequence: 1, items: things(2, 'FIREWALL') });
    await send(`POST /v1/customers/${b}/credits/adjustments`, { amount: -15, reason: 'A debt' });
    await settle(random);
    await expectExact(north, south, inner);
    const up = (await send('GET /v1/overview', undefined, north.admin)).body;
    expect(up.below).toMatchObject({ customers: 3, belowZero: 1, probes: { UP: 2, CREATED: 1 } });
    await send(`POST /v1/customers/${inner.id}/move`, { parentId: south.id });
    parents.set(inner.id, south.id);
    await send(`PUT /v1/customers/${c}/licences`, {
      model: 'ALLOCATED',
      allocations: { FIREWALL: { limit: 2, enforcement: 'SOFT' } },
    });
    await third.agent.send('POST /v1/agent/inventory', { sequence: 2, items: things(3, 'FIREWALL') });
    await send(`POST /v1/customers/${c}/probes/${third.id}/revocation`, {});
    await settle(random);
    await expectExact(north, south, inner);
    const gone = await send(`DELETE /v1/customers/${b}/probes/${second.id}?force=true`);
    await settle(random);
    const work = await send(`GET ${gone.headers.location}`);
    expect(work.body).toMatchObject({ state: 'Provisioned', deleted: 130, freed: 130 });
    expect((await send(`GET /v1/customers/${b}/items?probeId=${second.id}`)).body.items).toEqual([]);
    await send(`POST /v1/customers/${b}/credits/grants`, { amount: 100 });
    await settle(random);
    await expectExact(north, south, inner);
    await send(`DELETE /v1/customers/${b}`);
    parents.set(b, null);
    await send(`POST /v1/customers/${a}/move`, { parentId: msp.id });
    parents.set(a, msp.id);
    await settle(random);
    await expectExact(north, south, inner);
    expect(await get(rollupKey(b), true)).toBeUndefined();
    expect(met).toBeGreaterThan(0);
  });

  it('loses nothing of a subtree that moves while the reaction crashes, wherever it does', async () => {
    const [north, south] = [await reseller(), await reseller()];
    const inner = await reseller(north.id);
    await customer(inner.id);
    await settle();
    for (let after = 0; after < 20; after++) {
      const to = after % 2 === 0 ? south : north;
      await send(`POST /v1/customers/${inner.id}/move`, { parentId: to.id });
      parents.set(inner.id, to.id);
      for (const event of await fresh()) {
        told.add(event.id);
        await under({ after, how: after % 3 === 0 ? 'crash before' : 'crash after' }, () => hand(event));
        await hand(event);
      }
      const sums = await Promise.all([msp.reader, north.admin, south.admin].map(belowOf));
      const counted = [sums[0], ...(after % 2 === 0 ? [0, 2] : [2, 0])];
      expect([after, ...sums]).toEqual([after, ...counted]);
      expect(sums[0]).toBe([...parents].filter(([id]) => isBelow(id, msp.id)).length);
    }
  });

  it('does not go back to what it was while others count', async () => {
    const id = await customer();
    const { agent } = await probe(id);
    await agent.send('POST /v1/agent/inventory', { sequence: 1, items: things(3) });
    const before = await fresh();
    for (const { id: seen } of before) told.add(seen);
    const last = before.at(-1) as Envelope;
    meanwhile('GetItem', async () => {
      await agent.send('POST /v1/agent/inventory', { sequence: 2, items: things(5, 'FIREWALL') });
      await settle();
    });
    await hand(last);
    await expectExact();
  });
});
