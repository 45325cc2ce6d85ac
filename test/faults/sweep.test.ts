import { randomUUID } from 'node:crypto';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { contexts } from '../../functions/contexts.ts';
import { violations } from '../../infra/fsck/examine.ts';
import { everything } from '../../lib/aws/scan.ts';
import { leaseMs } from '../../lib/notifications/delivery.ts';
import { agentScenarios } from '../every/agent.scenarios.ts';
import { backgroundScenarios } from '../every/background.scenarios.ts';
import { type Request, routeOf, type Stage, scenarios } from '../every/scenarios.ts';
import { type Mailbox, openMailbox } from '../kit/mailbox.ts';
import { plantCreditSystem } from '../kit/plant.ts';
import { print } from '../kit/stack.ts';
import { createTable } from '../kit/table.ts';
import { expose } from '../kit/weather.ts';
import { type Answer, addCustomer, attempt, makeMsp } from '../kit/world.ts';
import { skewClocks } from './clock.ts';
import { type Swept, sweep } from './crash.ts';
import { diceOf } from './dice.ts';
import { tableHash } from './table-hash.ts';

const long = process.env.RUNS !== undefined;
const routes = new Map(contexts.flatMap((context) => context.routes.map((one) => [one.id, one] as const)));
const methodOf = (name: string) => routes.get(routeOf(name))?.method;
/** Reads change nothing whenever they end: a soak sees to that. */
const swept = Object.entries(scenarios).filter(([name]) => long || methodOf(name) !== 'GET');
/** Everything that was sent under a key, in order. */
const log: { name: string; send: () => Promise<Answer>; status: number; body: unknown }[] = [];
/** What goes round for ever, and writes with each run how far it came. */
const round = new Set(['reconcile']);
/** Longer than anyone holds the sending of a mail: the next attempt need not wait for it. */
const apartMs = leaseMs + 1000;
const total = { sweeps: 0, crashes: 0, writes: 0 };
let stage: Stage;
let box: Mailbox;
let undo: () => void;

beforeAll(async () => {
  expose();
  process.env.TABLE_NAME = 'sweep';
  await createTable(new DynamoDBClient({}), 'sweep');
  box = await openMailbox();
  undo = skewClocks();
  const msp = await makeMsp();
  stage = { msp, customer: await addCustomer(msp) };
  await plantCreditSystem(msp.id);
});
afterAll(() => {
  undo();
  box.close();
});

function note({ crashes, writes }: Swept<unknown>): void {
  total.sweeps++;
  total.crashes += crashes;
  total.writes += writes;
}

/** What fsck finds, but for sums, which are handed up the tree by events that nobody delivers here. */
async function broken(): Promise<string[]> {
  const found = await violations(await everything());
  return (
    found
      .filter(({ invariant }) => invariant !== 'sums')
      // Where several places disagree they are named in the order in which they were read.
      .map(({ invariant, where }) => `${invariant}: ${where.split(', ').sort().join(', ')}`)
  );
}

const prepared = new Map<string, Request>();
let planted: Set<string>;

describe('a process that ends before or after any call of the store', () => {
  it('begins with what the scenarios plant', async () => {
    for (const [name, scenario] of swept) prepared.set(name, await scenario(stage));
    planted = new Set(await broken());
  }, 300_000);

  it.each(swept.map(([name]) => name))('%s: nothing or all was done, once', async (name) => {
    const { line, ...sent } = prepared.get(name) as Request;
    const keyed = line.startsWith('POST') && routes.get(routeOf(name))?.idempotency !== 'none';
    const key = sent.key ?? (keyed ? randomUUID() : undefined);
    const send = () => attempt(line, { ...sent, ...(key === undefined ? {} : { key }) });
    const found = await sweep(send);
    const { status, body } = found.answer;
    note(found);
    // Without a key, who sends again is told that it is done: gone, or another version by now.
    const done = status < 300 || (!keyed && [404, 409, 412].includes(status));
    expect(done, `${status} ${JSON.stringify(body)}`).toBe(true);
    if (!keyed) return;
    expect(found.writes, 'written more than once').toBeLessThanOrEqual(1);
    expect(found.settled, 'what a crashed attempt had written was written again').toBe(true);
    const again = await send();
    expect([again.status, again.body]).toEqual([status, body]);
    log.push({ name, send, status, body });
  });

  it('the whole log again, under the same keys, in another order, changes nothing', async () => {
    const before = await tableHash();
    for (const { name, send, status, body } of diceOf(2026).shuffle(log)) {
      const again = await send();
      expect([name, again.status, again.body]).toEqual([name, status, body]);
    }
    expect(await tableHash()).toBe(before);
    print(`replay: ${log.length} requests again under their keys, the table is the same`);
  }, 300_000);

  it('leaves nothing that fsck finds', async () => {
    expect((await broken()).filter((one) => !planted.has(one))).toEqual([]);
  }, 300_000);

  it.each(Object.entries(agentScenarios))('%s', async (_, scenario) => {
    const found = await sweep(await scenario(stage));
    expect(found.answer.status).toBeLessThan(500);
    note(found);
  });

  it.each(Object.entries(backgroundScenarios))(
    '%s: done in the end, and not again',
    async (name, scenario) => {
      const run = await scenario(stage);
      note(await sweep(run, { apartMs }));
      if (!round.has(routeOf(name))) expect((await sweep(run)).writes).toBe(0);
    },
  );

  it('is told', () => {
    print(
      `crash sweep: ${total.sweeps} requests, reactions and schedules, ${total.crashes} crashes, ${total.writes} writes`,
    );
    expect(total.crashes).toBeGreaterThan(1000);
  });
});
