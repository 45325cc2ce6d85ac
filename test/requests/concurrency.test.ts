import { randomUUID } from 'node:crypto';
import { beforeAll, expect, it } from 'vitest';
import { each } from '../../lib/aws/db.ts';
import { patience } from '../../lib/aws/world.ts';
import { type Entry, effectOf, hashOf, toEntry } from '../../lib/credits/entry.ts';
import { partition } from '../../lib/kit/keys.ts';
import { listen, measure } from '../kit/cost.ts';
import { announcedByLedger, plantCreditSystem, plantCustomer } from '../kit/plant.ts';
import { print } from '../kit/stack.ts';
import { type Answer, type Caller, call, ensureMspMode, type Msp, makeMsp } from '../kit/world.ts';
import { balance, credits, offer, openCatalogue, own, plantEndUser } from './desk.ts';

const people = 200;
const opening = 100;

let msp: Msp;
let customer: { id: string; admin: Caller; provider: string };
let item: Answer;
let callers: Caller[];

beforeAll(async () => {
  // One process stands for 200 functions here: what waits is its own event loop, not the store.
  Object.assign(patience, { connectionTimeout: 60_000, requestTimeout: 60_000 });
  listen();
  msp = await makeMsp();
  await ensureMspMode(msp);
  await plantCreditSystem(msp.id);
  customer = { ...(await plantCustomer(msp.id)), provider: msp.id };
  await openCatalogue(msp.catalog, customer.id);
  item = await offer(msp, customer.id, { price: { base: 1 } });
  await credits(msp.catalog, customer.id, { amount: opening });
  await call(`PATCH /v1/customers/${customer.id}/credits/settings`, {
    as: msp.catalog,
    body: { alertLimit: 50 },
    headers: { 'if-match': '*' },
  });
  callers = await Promise.all(Array.from({ length: people }, () => plantEndUser(customer)));
});

async function chain(): Promise<Entry[]> {
  const out: Entry[] = [];
  for await (const one of each({
    partition: partition(customer.id, 'ENTRY'),
    limit: 500,
    consistent: true,
  })) {
    out.push(toEntry(one));
  }
  return out;
}

function expectExact(entries: readonly Entry[]): number {
  let sum = 0;
  entries.forEach((one, index) => {
    sum += effectOf(one);
    const before = entries[index - 1];
    expect([one.seq, one.balance, one.prev]).toEqual([index + 1, sum, before ? hashOf(before) : '']);
  });
  return sum;
}

const ask = (as: Caller, key: string = randomUUID()): Promise<Answer> =>
  call('POST /v1/requests', { as, key, body: { itemId: item.body.id } });

it('one request costs the same whatever was requested before, a customer’s first one a check of it more', async () => {
  const first = await measure(() => ask(callers[0] as Caller));
  expect(first.cost.write).toBe(16);
  const { result, cost } = await measure(() => ask(callers[1] as Caller));
  expect(result.status).toBe(201);
  const { read, write, index, roundTrips } = cost;
  print(`a request: ${write} WCU and ${index} in indexes, ${read} RCU, ${roundTrips} round trips`);
  print(`  ${cost.items.map((one) => `${one} B`).join(', ')}`);
  expect(cost.items.filter((one) => one.startsWith('entry '))).toHaveLength(1);
  expect({ write, index, roundTrips }).toEqual({ write: 14, index: 3, roundTrips: 2 });
  const again = await measure(() => ask(callers[2] as Caller));
  expect(again.cost).toMatchObject({ read, write, index, roundTrips });
});

const listing = async (as: Caller) => {
  const { result, cost } = await measure(() => call('GET /v1/requests', { as }));
  return { lines: result.body.items.length, read: cost.read, roundTrips: cost.roundTrips };
};
let early: Awaited<ReturnType<typeof listing>>;

it('a list of one’s own costs one read', async () => {
  early = await listing(callers[0] as Caller);
  expect(early).toMatchObject({ lines: 1, roundTrips: 1 });
  expect(early.read).toBeLessThanOrEqual(4);
});

const contended = ({ body }: Answer) => body.code === 'request.contended';

/** All at once; who is told to try again does so afterwards, one after the other, with the same key. */
async function served(all: readonly (() => Promise<Answer>)[]): Promise<Answer[]> {
  const started = Date.now();
  const first = await Promise.all(all.map((send) => send()));
  const ms = Date.now() - started;
  const out: Answer[] = [];
  for (const [index, answer] of first.entries()) {
    if (contended(answer)) expect(answer.headers['retry-after']).toBe('1');
    out.push(contended(answer) ? ((await all[index]?.()) as Answer) : answer);
  }
  const again = first.filter(contended).length;
  const settled = all.length - again;
  print(`${all.length} at once: ${settled} settled in ${ms} ms, ${again} told to try again`);
  // However slow the engine: standing back must not leave everybody waiting.
  expect(settled).toBeGreaterThan(0);
  return out;
}

let made: Answer[];

it(`${people} end users at once against one balance: each is served once, the ledger is exact`, async () => {
  const before = await chain();
  const keys = callers.map(() => randomUUID());
  made = await served(callers.map((as, index) => () => ask(as, keys[index])));
  expect(new Set(made.map(({ status }) => status))).toEqual(new Set([201]));
  const entries = await chain();
  expect(expectExact(entries)).toBe(opening - before.filter(({ type }) => type === 'DEBIT').length - people);
  const debits = entries.slice(before.length);
  expect(debits.map(({ requestId }) => requestId).sort()).toEqual(made.map(({ body }) => body.id).sort());
  expect(debits.map(({ personId }) => personId).sort()).toEqual(callers.map(({ person }) => person).sort());
  expect(new Set(debits.map(({ serviceId }) => serviceId))).toEqual(new Set([item.body.id]));
  expect(await balance(customer.admin, customer.id)).toBe(entries.at(-1)?.balance);
  const said = (await announcedByLedger(customer.id)).map(({ data }) => data.thresholds.map(({ id }) => id));
  expect(said).toEqual([['below-50'], ['below-0']]);
});

it('requests cancelled by two at once, many at once: each debit comes back once', async () => {
  const before = (await chain()).at(-1)?.balance ?? 0;
  const some = made.slice(0, 30);
  const answers = await served(
    some.flatMap((request) => {
      const as = callers.find(({ person }) => person === request.body.personId) as Caller;
      const path = `/v1/customers/${customer.id}/requests/${request.body.id}/cancel`;
      const headers = { 'if-match': '*' };
      return [
        () => own(as, request, 'cancel'),
        () => call(`POST ${path}`, { as: customer.admin, body: {}, headers }),
      ];
    }),
  );
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(some.length);
  expect(new Set(answers.filter(({ status }) => status !== 200).map(({ body }) => body.code))).toEqual(
    new Set(['requests.wrong_state']),
  );
  const entries = await chain();
  expect(expectExact(entries)).toBe(before + some.length);
  const refunds = entries.flatMap(({ refundOf }) => refundOf ?? []);
  expect([refunds.length, new Set(refunds).size]).toEqual([some.length, some.length]);
});

it('a list of one’s own costs the same after all the others have ordered', async () => {
  const late = await listing(callers[0] as Caller);
  print(`own requests: ${early.read} RCU before, ${late.read} RCU after ${people} of others`);
  expect(late).toEqual({ ...early, lines: 2 });
});
