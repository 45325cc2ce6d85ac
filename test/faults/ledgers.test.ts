import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { scan } from '../../lib/aws/scan.ts';
import { plant } from '../every/planting.ts';
import { plantCreditSystem } from '../kit/plant.ts';
import { several } from '../kit/several.ts';
import { print } from '../kit/stack.ts';
import { createTable } from '../kit/table.ts';
import { expose, injected, storms } from '../kit/weather.ts';
import { type Msp, makeMsp } from '../kit/world.ts';
import { skewClocks } from './clock.ts';
import { crossingsOf } from './crossings.ts';
import { diceOf } from './dice.ts';
import { type Family, foundFamily } from './family.ts';
import { openingsOf, Schedule } from './schedule.ts';
import { keep, seedsFor } from './seeds.ts';
import { standIn } from './services.ts';
import { flow, shardsOf } from './stream.ts';
import { innocent, judge } from './verdict.ts';

const seeds = seedsFor('ledgers', 10_000);
const least = 100;
const played: { schedule: Schedule; family: Family }[] = [];
type Item = Record<string, unknown>;
const chains = new Map<string, Item[]>();
let msp: Msp;
let right: () => void;

beforeAll(async () => {
  expose();
  Object.assign(process.env, { TABLE_NAME: 'ledgers', BUS_NAME: 'bus' });
  await createTable(new DynamoDBClient({}), 'ledgers');
  msp = await makeMsp();
  await plantCreditSystem(msp.id);
  right = skewClocks();
});
afterAll(() => right());

/** Some schedules, founded together. */
async function playSome(some: readonly number[]): Promise<void> {
  const founded = some.map((seed) => {
    const dice = diceOf(seed);
    const openings = openingsOf(dice);
    const { family, items } = foundFamily(msp.id, openings);
    return { items, family, schedule: new Schedule({ seed, dice, family, openings, as: msp.catalog }) };
  });
  await plant(founded.flatMap(({ items }) => items));
  for (const { family, schedule } of founded) {
    try {
      await schedule.play();
    } catch (error) {
      throw new Error(keep('ledgers', schedule.seed), { cause: error });
    }
    played.push({ schedule, family });
  }
}

describe(`${seeds.length} fault schedules of ledgers`, () => {
  it('every answer is explained by some order of what was asked', async () => {
    const groups = Array.from({ length: Math.ceil(seeds.length / 25) }, (_, nth) =>
      seeds.slice(nth * 25, nth * 25 + 25),
    );
    await several(groups, playSome, 16);
    expect(played).toHaveLength(seeds.length);
  }, 1_800_000);

  it('nothing is lost, doubled, overspent or made up, and no entry is ever changed', async () => {
    await scan((item) => {
      if (item.kind !== 'entry') return;
      const owner = String(item.PK).split('#')[1] ?? '';
      chains.set(owner, [...(chains.get(owner) ?? []), item]);
    });
    const total = innocent();
    const ofChain = (id: string) =>
      (chains.get(id) ?? []).sort((one, other) => Number(one.seq) - Number(other.seq));
    for (const { schedule, family } of played) {
      const before = JSON.stringify(total);
      judge(schedule.reference, { parent: ofChain(family.parent), child: ofChain(family.child) }, total);
      total.broken += schedule.changed;
      if (JSON.stringify(total) !== before) print(keep('ledgers', schedule.seed));
    }
    const calls = played.reduce((sum, { schedule }) => sum + schedule.calls, 0);
    const kinds = [...injected]
      .map(([kind, times]) => `${times} ${kind}`)
      .sort()
      .join(', ');
    print(`ledgers: ${played.length} schedules from seed ${seeds[0]} on, ${calls} requests`);
    print(`faults: ${kinds}`);
    print(
      `ledgers: ${Object.entries(total)
        .map(([what, times]) => `${times} ${what}`)
        .join(', ')}`,
    );
    expect(total).toEqual(innocent());
  }, 300_000);

  it('each crossing is one alert, however stream and bus repeat, reorder and refuse', async () => {
    const dice = diceOf(seeds[0] ?? 0);
    // Of so many batches some would fail as often as makes one be set aside.
    const services = standIn(dice, 0.25);
    const all = [...chains.values()];
    await several(shardsOf(all.flat(), 8, dice), async (shard) => {
      expect(await flow(shard, { size: 20, dice })).toEqual([]);
    });
    services.restore();
    const alerts = (type: string) =>
      new Set(services.bus.filter((one) => one.type === type).map(({ detail }) => JSON.parse(detail).id))
        .size;
    const crossings = all.map(crossingsOf);
    const low = crossings.reduce((sum, one) => sum + one.low, 0);
    const back = crossings.reduce((sum, one) => sum + one.recovered, 0);
    const told = alerts('credits.balance_low.v1');
    print(`alerts: ${told} of ${low} crossings, ${(told / low).toFixed(3)}; ${services.bus.length} events`);
    expect(told).toBe(low);
    expect(alerts('credits.balance_recovered.v1')).toBe(back);
  }, 300_000);

  it('every kind of fault was injected', () => {
    for (const kind of [...storms, 'clock skew', 'clock set back'])
      expect(injected.get(kind) ?? 0, kind).toBeGreaterThanOrEqual(least);
  });
});
