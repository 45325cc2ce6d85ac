import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { patience } from '../../lib/aws/world.ts';
import { plantCreditSystem, plantCustomer } from '../kit/plant.ts';
import { type Line, openLine } from '../kit/strained.ts';
import { type Answer, type Caller, call, ensureMspMode, type Msp, makeMsp } from '../kit/world.ts';
import { balance, credits, offer, openCatalogue, plantEndUser } from './desk.ts';

let line: Line;
let msp: Msp;
let customer: { id: string; admin: Caller; provider: string };
let ada: Caller;
let item: Answer;

beforeAll(async () => {
  line = await openLine(process.env.AWS_ENDPOINT_URL_DYNAMODB ?? '');
  process.env.AWS_ENDPOINT_URL_DYNAMODB = line.url;
  patience.requestTimeout = 300;
  msp = await makeMsp();
  await ensureMspMode(msp);
  await plantCreditSystem(msp.id);
  customer = { ...(await plantCustomer(msp.id)), provider: msp.id };
  await openCatalogue(msp.catalog, customer.id);
  item = await offer(msp, customer.id, { price: { base: 1 } });
  await credits(msp.catalog, customer.id, { amount: 100 });
  ada = await plantEndUser(customer);
});

afterEach(() => line.relieve());
afterAll(() => line.close());

const held = () => balance(customer.admin, customer.id);
const asking = (key = randomUUID()) => {
  const send = () => call('POST /v1/requests', { as: ada, key, body: { itemId: item.body.id } });
  return { send, key };
};

/** Served at last, with one debit, whatever happened before. */
async function servedOnce(send: () => Promise<Answer>, before: number): Promise<void> {
  line.relieve();
  const [one, again] = [await send(), await send()];
  expect([one.status, again.body.id]).toEqual([201, one.body.id]);
  expect(await held()).toBe(before - 1);
}

it.each([
  ['TransactWriteItems', 'throttled', 7],
  ['BatchGetItem', 'throttled', 7],
  ['Query', 'throttled', 7],
  ['TransactWriteItems', 'unheard', 2],
  ['TransactWriteItems', 'unanswered', 1],
  ['TransactWriteItems', 'unanswered', 3],
] as const)('a request outlasts %s %s %i times', async (action, how, times) => {
  const before = await held();
  const { send } = asking();
  const strained = line.strained();
  line.strain(action, how, times);
  const answer = await send();
  expect(line.strained() - strained).toBeGreaterThanOrEqual(Math.min(times, 3));
  expect(answer.status).toBe(201);
  await servedOnce(send, before);
});

it.each(['TransactWriteItems', 'BatchGetItem'])(
  'a request is told to try again, and nothing is changed, while the store takes no %s',
  async (action) => {
    const before = await held();
    const { send } = asking();
    line.strain(action, 'throttled');
    const started = Date.now();
    const answer = await send();
    expect(answer).toMatchObject({ status: 409, body: { code: 'request.contended' } });
    expect(answer.headers['retry-after']).toBe('1');
    // A function has ten seconds.
    expect(Date.now() - started).toBeLessThan(9_500);
    line.relieve();
    expect(await held()).toBe(before);
    await servedOnce(send, before);
  },
);

it('where the store stays silent nobody knows whether it was done: 503, and the key tells it later', async () => {
  for (const how of ['unheard', 'unanswered'] as const) {
    const before = await held();
    const { send } = asking();
    line.strain('TransactWriteItems', how);
    if (how === 'unheard') await expect(send()).rejects.toThrow(/503.*service\.unavailable/);
    else expect((await send()).status).toBe(201);
    await servedOnce(send, before);
  }
});

it('what reads is not kept waiting: 503', async () => {
  line.strain('BatchGetItem', 'throttled');
  await expect(call('GET /v1/requests', { as: ada })).rejects.toThrow(/503.*service\.unavailable/);
});
