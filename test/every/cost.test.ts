import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import pricing from '../../bench/pricing.json' with { type: 'json' };
import { contexts } from '../../functions/contexts.ts';
import { everything } from '../../lib/aws/scan.ts';
import { acquaint } from '../kit/acquaint.ts';
import { type Cost, listen, measure } from '../kit/cost.ts';
import { type Mailbox, openMailbox } from '../kit/mailbox.ts';
import { ownTable } from '../kit/own-table.ts';
import { plantCreditSystem } from '../kit/plant.ts';
import { addCustomer, call, makeMsp } from '../kit/world.ts';
import { keepCorpus, readShapes, remember } from '../operations/corpus.ts';
import { shapesOf, stumblingBlocks } from '../operations/shapes.ts';
import { agentScenarios } from './agent.scenarios.ts';
import { backgroundScenarios, closeBuckets } from './background.scenarios.ts';
import { deeper, larger } from './budgets.ts';
import { routeOf, type Stage, scenarios } from './scenarios.ts';

const document = 'docs/costs.md';
const begin = '<!-- measured: begin -->';
const end = '<!-- measured: end -->';

let stage: Stage;
const costs = new Map<string, Cost>();
const routes = contexts.flatMap((context) => context.routes);
const methodOf = (name: string) => routes.find(({ id }) => id === routeOf(name))?.method;
const isRead = (name: string) => methodOf(name) === 'GET';
const agentCosts = new Map<string, Cost>();
const backgroundCosts = new Map<string, Cost>();
let box: Mailbox;
const costOf = (name: string): Cost => {
  const cost = costs.get(name);
  if (!cost) throw new Error(`${name} was not measured`);
  return cost;
};

ownTable();
beforeAll(async () => {
  listen();
  box = await openMailbox();
  const msp = await makeMsp();
  stage = { msp, customer: await addCustomer(msp) };
  await plantCreditSystem(msp.id);
});

afterAll(() => {
  box.close();
  closeBuckets();
});

describe('one typical call of every route', () => {
  it('is known', () => {
    const known = new Set(Object.keys(scenarios).map(routeOf));
    expect(routes.map(({ id }) => id).filter((id) => !known.has(id))).toEqual([]);
    expect([...known].filter((id) => !routes.some((one) => one.id === id))).toEqual([]);
  });

  it.each(Object.entries(scenarios))('%s', async (name, scenario) => {
    const { line, ...sent } = await scenario(stage);
    await acquaint(sent.as, line, sent.body, stage.msp.id);
    if (isRead(name)) await call(line, sent);
    const { result, cost } = await measure(() => call(line, sent));
    expect(result.status, JSON.stringify(result.body)).toBeLessThan(300);
    costs.set(name, cost);
    remember(name, { line, ...sent }, result);
  });
});

describe('one typical call of every route of agents', () => {
  const own = contexts.flatMap(({ agent }) => agent?.routes ?? []);

  it('is known', () => {
    const known = new Set(Object.keys(agentScenarios).map(routeOf));
    expect([...known].sort()).toEqual(own.map(({ id }) => id).sort());
  });

  it.each(Object.entries(agentScenarios))('%s', async (name, scenario) => {
    const { result, cost } = await measure(await scenario(stage));
    expect(result.status, JSON.stringify(result.body)).toBeLessThan(300);
    agentCosts.set(name, cost);
  });

  it('a heartbeat and a report of six meters are 1 WCU in one round trip, with no read and no index', () => {
    for (const name of [
      'agentHeartbeat',
      'agentHeartbeat: after a report of six meters',
      'reportUsage: six meters',
      'machineHeartbeat',
    ])
      expect({ name, ...agentCosts.get(name) }).toMatchObject({
        ...{ name, read: 0, write: 1, index: 0, roundTrips: 1 },
        reported: { read: 0, write: 1 },
      });
  });

  it('nothing that agents call writes an index but for its receipt, or scans', () => {
    for (const [name, { index, calls, items }] of agentCosts) {
      const indexed = items.filter((one) => /^(?:audit|item) /.test(one)).length;
      expect(index, name).toBeLessThanOrEqual(indexed);
      expect(calls.filter((one) => /scan/i.test(one))).toEqual([]);
    }
  });
});

describe('what runs in the background', () => {
  const schedules = contexts.flatMap((context) => context.schedules ?? []);
  const reactions = contexts.flatMap((context) => context.subscribers ?? []);

  it('has every schedule, idle and with something due, and reactions that there are', () => {
    const names = Object.keys(backgroundScenarios);
    for (const { id } of schedules)
      expect(names.filter((name) => routeOf(name) === id).length, id).toBeGreaterThan(1);
    const known = [...[...schedules, ...reactions].map(({ id }) => id), 'seal-entries'];
    expect(names.map(routeOf).filter((id) => !known.includes(id))).toEqual([]);
  });

  it.each(Object.entries(backgroundScenarios))('%s', async (name, scenario) => {
    const { cost } = await measure(await scenario(stage));
    backgroundCosts.set(name, cost);
    if (name.endsWith(': nothing due'))
      expect(cost).toMatchObject({ write: 0, index: 0, roundTrips: 1, calls: ['Query'] });
    else expect(cost.write).toBeGreaterThan(0);
  });

  it('reads at most one unit while nothing is due, and never scans', () => {
    for (const [name, { read, calls }] of backgroundCosts) {
      if (name.endsWith(': nothing due')) expect(read, name).toBeLessThanOrEqual(1);
      expect(calls.filter((one) => /scan/i.test(one))).toEqual([]);
    }
  });

  it.skipIf(process.env.ENGINE === 'aws')('is counted by the engine as by us', () => {
    for (const [name, { read, write, index, reported }] of backgroundCosts)
      expect({ name, ...reported }).toEqual({ name, read, write: write + index });
  });
});

it('nothing was stored that the release before cannot read', async () => {
  const items = await everything();
  await keepCorpus(items);
  expect(stumblingBlocks(readShapes(), shapesOf(items))).toEqual([]);
});

/** Of a million calls; nobody calls what runs in the background, and mails, events and queues come on top. */
const dollars = ({ read, write, index }: Cost, called = true): number => {
  const { dynamodbWriteUnit, dynamodbReadUnit, apiGatewayRequest, lambdaRequest } = pricing.perMillion;
  const store = (write + index) * dynamodbWriteUnit + read * dynamodbReadUnit;
  return store + (called ? apiGatewayRequest : 0) + lambdaRequest;
};

function table(): string {
  const rows = (of: ReadonlyMap<string, Cost>, called = true) =>
    [...of].map(([name, cost]) => {
      const { read, write, unique, index, reading, roundTrips } = cost;
      const figures = [read, write, unique, index, reading, roundTrips, dollars(cost, called).toFixed(2)];
      return `| ${[name, ...figures].join(' | ')} |`;
    });
  const head = (what: string) => [
    `| ${what} | RCU | WCU table | of it for uniqueness | WCU indexes | trips to read | trips in all | $ per million |`,
    '|---|--:|--:|--:|--:|--:|--:|--:|',
  ];
  return [
    ...head('call'),
    ...rows(costs),
    '',
    'What agents call:',
    '',
    ...head('call'),
    ...rows(agentCosts),
    '',
    'In the background, by the clock (`look-at-probes` each minute, the others each hour) or by an event. Each run is of',
    'one thing that is due; what many due things share is read once. Without API Gateway, mails, events and queues:',
    '',
    ...head('run'),
    ...rows(backgroundCosts, false),
    '',
    'More than 6 WCU of the table, uniqueness aside:',
    '',
    ...Object.entries(larger).map(([name, why]) => `- ${name}: ${why}`),
  ].join('\n');
}

describe('budgets', () => {
  const changes = () => [...costs].filter(([name]) => !isRead(name));
  const reads = () => [...costs].filter(([name]) => isRead(name));

  it('nothing scans', () => {
    expect([...costs.values()].flatMap(({ calls }) => calls).filter((name) => /scan/i.test(name))).toEqual(
      [],
    );
  });

  it('every route reads in two round trips at most, and four of five reading routes in one', () => {
    const beyond = [...costs].filter(([name, { reading }]) => reading > 2 && !(routeOf(name) in deeper));
    expect(beyond).toEqual([]);
    const typical = reads().filter(([name]) => routeOf(name) === name);
    const single = typical.filter(([, { roundTrips }]) => roundTrips === 1);
    expect(single.length / typical.length).toBeGreaterThanOrEqual(0.8);
  });

  it('a change adds one round trip to write', () => {
    expect(changes().filter(([, { reading, roundTrips }]) => roundTrips > reading + 1)).toEqual([]);
  });

  it('reads write nothing', () => {
    expect(reads().filter(([, { write, index }]) => write + index > 0)).toEqual([]);
  });

  it('a debit with its own request id takes 1 WCU, with an Idempotency-Key 4, done again none', () => {
    expect(costOf('debitCredits: own request id')).toMatchObject({ write: 1, index: 0 });
    expect(costOf('debitCredits: same request id again')).toMatchObject({ write: 0, index: 0 });
    expect(costOf('debitCredits').write).toBeLessThanOrEqual(4);
    expect(costOf('debitCredits').index).toBe(0);
  });

  it('a plain change takes at most 6 WCU of the table besides what keeps names unique', () => {
    const over = changes().filter(([, { write, unique }]) => write - unique > 6);
    expect(over.map(([name]) => name).sort()).toEqual(Object.keys(larger).sort());
  });

  it.skipIf(process.env.ENGINE === 'aws')('the engine counts as we do', () => {
    for (const [name, { read, write, index, reported }] of costs) {
      expect({ name, ...reported }).toEqual({ name, read, write: write + index });
    }
  });
});

it(`the table of ${document} is what was measured`, () => {
  const text = readFileSync(document, 'utf8');
  const [head = '', rest = ''] = text.split(begin);
  const [committed = '', tail = ''] = rest.split(end);
  if (process.env.WRITE_COSTS) {
    writeFileSync(document, `${head}${begin}\n${table()}\n${end}${tail}`);
    return;
  }
  mkdirSync('coverage', { recursive: true });
  writeFileSync('coverage/costs.json', JSON.stringify(Object.fromEntries(costs), null, 1));
  console.log(table());
  expect(table(), 'Costs have changed: if they may, `npm run bench -- --costs --write`').toBe(
    committed.trim(),
  );
});
