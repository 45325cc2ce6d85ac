import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Violation } from '../../infra/fsck/check.ts';
import { violations } from '../../infra/fsck/examine.ts';
import { get } from '../../lib/aws/db.ts';
import { everything } from '../../lib/aws/scan.ts';
import { nodeKey } from '../../lib/kit/keys.ts';
import { several } from '../kit/several.ts';
import { print } from '../kit/stack.ts';
import { createTable } from '../kit/table.ts';
import { expose } from '../kit/weather.ts';
import { call } from '../kit/world.ts';
import { critical, type House, openHouse, openSite, removal, type Site } from './critical.ts';
import { type Choose, everyOrder, interleave, type Tried } from './gate.ts';

const names = Object.keys(critical);
const acts = { ...critical, removal };
const pairs = names.flatMap((one, at) => names.slice(at).map((other) => [one, other] as const));
/** What comes first in a site is prepared last: a plan of a removal lapses with any change. */
const beyond = names.map((one) => [one, 'removal'] as const);
/** More orders than any pair is known to have; a soak tries them whatever they are. */
const most = process.env.RUNS ? 500 : 4;
const lanes = 3;
const houses: House[] = [];
const tried = new Map<string, Tried>();
const unexplained: string[] = [];

beforeAll(async () => {
  expose();
  process.env.TABLE_NAME = 'interleavings';
  await createTable(new DynamoDBClient({}), 'interleavings');
  for (let lane = 0; lane < lanes; lane++) houses.push(await openHouse());
});

type Outcome = { readonly said: string; readonly stands: string };

/** Both writes of a pair on a site of its own, in an order. */
async function together(house: House, pair: readonly [string, string], choose: Choose): Promise<Outcome> {
  const site = await openSite(house);
  const prepared = [];
  for (const [nth, name] of pair.entries()) prepared.push(await acts[name as keyof typeof acts]?.(site, nth));
  const both = prepared.map((act) => act as NonNullable<typeof act>);
  const ends = await interleave(both, choose);
  const said = ends.map((end) => {
    if (end.status === 'rejected') throw end.reason;
    if (end.value.status >= 500) throw new Error(`${pair} answered ${end.value.status}`);
    return `${end.value.status} ${end.value.code}`;
  });
  return { said: said.join(' and '), stands: await standing(site) };
}

/** What is left of a site, in a line. */
async function standing({ id, path, msp, upper }: Site): Promise<string> {
  const node = await get(nodeKey(id), true);
  if (!node) return 'gone';
  const { body } = await call(`GET ${path}/credits`, { as: msp.catalog });
  const parent = node.parentId === upper.id ? 'where it was' : 'moved';
  return `${parent}, ${node.adminState} ${node.state}, ${body.balance} credits`;
}

/** An order in which one is done before the other begins. */
const isSerial = (order: readonly number[]) =>
  order.lastIndexOf(order[0] ?? 0) < order.findIndex((one) => one !== order[0]) || new Set(order).size === 1;

async function tryPair(house: House, pair: readonly [string, string]): Promise<void> {
  const outcomes: { order: readonly number[]; outcome: string }[] = [];
  const serial = new Set<string>();
  const run = async (choose: Choose, order: readonly number[]) => {
    const { said, stands } = await together(house, pair, choose);
    const outcome = `${said}: ${stands}`;
    if (isSerial(order)) serial.add(outcome);
    outcomes.push({ order, outcome });
  };
  tried.set(pair.join(' with '), await everyOrder(run, most));
  for (const first of [0, 1])
    await run((steps) => steps.find(({ actor }) => actor === first)?.actor ?? 1 - first, [first]);
  // Who is told to try again has done nothing: that may be said of any order.
  for (const { order, outcome } of outcomes)
    if (!serial.has(outcome) && !outcome.includes('request.contended'))
      unexplained.push(
        `${pair.join(' with ')} in the order ${order.join('')}: ${outcome}, not ${[...serial].join(' or ')}`,
      );
}

describe('all pairs of the twelve critical writes, each with itself too, and of each with a removal', () => {
  it(`${pairs.length + beyond.length} pairs in every distinct order: never a 5xx, always what one after the other would have come to`, async () => {
    expect(pairs).toHaveLength(78);
    const all78 = [...pairs, ...beyond];
    const free = [...houses];
    const wanted = process.env.ONLY;
    await several(
      all78.filter((pair) => !wanted || pair.join(' ').match(wanted)),
      async (pair) => {
        const house = free.pop() as House;
        await tryPair(house, pair).finally(() => free.push(house));
      },
      lanes,
    );
    const all = [...tried.values()];
    const sum = (of: (one: Tried) => number) => all.reduce((total, one) => total + of(one), 0);
    const whole = all.filter(({ complete }) => complete).length;
    print(
      `interleavings: ${all.length} pairs, ${sum(({ orders }) => orders)} distinct orders in ${sum(({ runs }) => runs)} runs; ${whole} pairs in all their orders, ${all.length - whole} in the first ${most}`,
    );
    // Credits that move while a removal is read are the customer's: only the report tells of them as they were.
    expect(unexplained.filter((one) => !one.includes('with removal'))).toEqual([]);
  }, 1_800_000);

  it('leave nothing that fsck finds', async () => {
    const found: Violation[] = await violations(await everything());
    // Sums are handed up the tree by events, which nobody delivers here.
    expect(found.filter(({ invariant }) => invariant !== 'sums')).toEqual([]);
  }, 300_000);
});
