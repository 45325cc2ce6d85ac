import type { Growth, Taken } from '../../bench/results.ts';
import { newId } from '../../lib/aws/world.ts';
import { plantCustomers, plantLedger } from '../every/planting.ts';
import { enrolledAgent } from '../kit/agent.ts';
import { measure } from '../kit/cost.ts';
import { any, plantDirectly, plantReseller, quick } from '../kit/forest.ts';
import { plantCreditSystem } from '../kit/plant.ts';
import { type Answer, addCustomer, call, ensureMspMode, type Msp, makeMsp } from '../kit/world.ts';
import { setPool } from '../licensing/desk.ts';
import { shelf, stockProduct } from '../licensing/shelf.ts';

/** Where calls are sent: a customer of a provider, and the node that another customer is added below. */
export interface Place {
  readonly msp: Msp;
  readonly customerId: string;
  readonly parentId: string;
}

type Call = readonly [name: string, send: () => Promise<Answer>];

const fresh = async (): Promise<Msp> => {
  const msp = await makeMsp();
  await Promise.all([plantCreditSystem(msp.id), ensureMspMode(msp)]);
  return msp;
};

/** A provider with so many customers. */
export async function amongCustomers(count: number): Promise<Place> {
  const msp = await fresh();
  await plantCustomers(msp.id, count - 1);
  return { msp, customerId: (await addCustomer(msp)).id, parentId: msp.id };
}

/** A customer so deep below the platform: 2 is right below its provider, 10 as deep as there are any. */
export async function atDepth(depth: number): Promise<Place> {
  const msp = await fresh();
  let parentId = msp.id;
  for (let at = 2; at < depth; at++) parentId = (await plantReseller(msp, parentId)).id;
  return { msp, customerId: (await plantDirectly(msp.catalog, { parentId })).id, parentId };
}

/** A customer with so many entries of its ledger. */
export async function withEntries(count: number): Promise<Place> {
  const msp = await fresh();
  const { id } = await addCustomer(msp);
  await plantLedger(id, count);
  return { msp, customerId: id, parentId: msp.id };
}

/** What reads and moves credits. */
export async function callsOfLedger({ msp, customerId }: Place): Promise<Call[]> {
  const path = `/v1/customers/${customerId}/credits`;
  const as = msp.catalog;
  const body = { amount: 1, requestId: newId('request', Date.now()) };
  await call(`POST ${path}/grants`, { as, body: { amount: 100 } });
  return [
    ['debit', () => call(`POST ${path}/debits`, { as, body })],
    ['balance', () => call(`GET ${path}`, { as })],
  ];
}

/** What is called most, and what adds and changes customers. */
export async function callsOfCustomer({ msp, customerId, parentId }: Place): Promise<Call[]> {
  const path = `/v1/customers/${customerId}`;
  const as = msp.catalog;
  const one = shelf(msp, customerId, await stockProduct(msp, { mspLicence: true }));
  const { body: licence } = await one.give({ source: 'MSP', seats: 10 });
  const agent = await enrolledAgent(customerId, as);
  await agent.heartbeat();
  await setPool(msp, 'DEVICE', 1000);
  const allocate = (limit: number) => () =>
    call(`PUT ${path}/licences`, {
      ...{ as, headers: any },
      body: { model: 'ALLOCATED', allocations: { DEVICE: { limit } } },
    });
  await allocate(50)();
  return [
    ['customer', () => call(`GET ${path}`, { as })],
    ['check of a licence', () => call(`GET ${path}/subscriptions/${licence.id}`, { as })],
    ['heartbeat', () => agent.heartbeat()],
    ['allocate', allocate(60)],
    ['add a customer', () => call('POST /v1/customers', { as, body: quick({ parentId }) })],
    ...(await callsOfLedger({ msp, customerId, parentId })),
  ];
}

/** A page of a provider's customers. */
export const pageOfCustomers = async ({ msp }: Place): Promise<Call[]> => [
  ['page of 25 customers', () => call('GET /v1/customers', { as: msp.reader })],
];

/** A page of a customer's ledger. */
export const pageOfLedger = async ({ msp, customerId }: Place): Promise<Call[]> => [
  ['page of 25 entries', () => call(`GET /v1/customers/${customerId}/credits/entries`, { as: msp.catalog })],
];

async function takenBy([name, send]: Call, size: number): Promise<Taken> {
  const { result, cost } = await measure(send);
  if (result.status >= 300)
    throw new Error(`${name} answered ${result.status}: ${JSON.stringify(result.body)}`);
  const { read, write, index, roundTrips } = cost;
  return { size, read, write: write + index, trips: roundTrips };
}

/** The same calls at two places that differ in size alone. Nothing else may be measured meanwhile. */
export async function compare(
  of: string,
  places: readonly [[number, Place], [number, Place]],
  callsAt: (place: Place) => Promise<Call[]>,
): Promise<Growth[]> {
  const [[small, here], [large, there]] = places;
  const [few, many] = [await callsAt(here), await callsAt(there)];
  const out: Growth[] = [];
  for (const [at, one] of few.entries()) {
    const other = many[at];
    if (!other) throw new Error(`${one[0]} is measured at one place alone`);
    out.push({ call: one[0], of, small: await takenBy(one, small), large: await takenBy(other, large) });
  }
  return out;
}
