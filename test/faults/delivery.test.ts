import { randomUUID } from 'node:crypto';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { contexts } from '../../functions/contexts.ts';
import { everything } from '../../lib/aws/scan.ts';
import { newId } from '../../lib/aws/world.ts';
import { ownEvents, type Subscriber } from '../../lib/kit/context.ts';
import { platformId } from '../../lib/kit/id.ts';
import { join } from '../../lib/kit/membership.ts';
import type { Item } from '../../lib/kit/plan.ts';
import { plant } from '../every/planting.ts';
import { several } from '../kit/several.ts';
import { print } from '../kit/stack.ts';
import { createTable } from '../kit/table.ts';
import { count, expose, injected } from '../kit/weather.ts';
import { type Msp, makeMsp } from '../kit/world.ts';
import { skewClocks } from './clock.ts';
import { crossingsOf } from './crossings.ts';
import { type Dice, diceOf } from './dice.ts';
import { customerNode, walk } from './family.ts';
import { drain, type Message } from './queue.ts';
import { keep, seedsFor } from './seeds.ts';
import { type Services, standIn } from './services.ts';
import { flow, poison, shardsOf } from './stream.ts';

const seeds = seedsFor('delivery', 1);
const customers = 170;
const least = 100;
const all = contexts.flatMap(({ subscribers = [] }) => subscribers);
const own = (type: string): readonly Subscriber[] =>
  all.filter((one) => ownEvents(one)?.some((event) => event.type === type));
const feedback = all.find(({ id }) => id === 'on-mail-feedback') as Subscriber;
let services: Services;
let undo: (() => void)[];
let msp: Msp;
let dice: Dice;

beforeAll(async () => {
  expose();
  Object.assign(process.env, {
    TABLE_NAME: 'delivery',
    ...{ BUS_NAME: 'bus', MAIL_FROM: 'us@example.com', MAIL_CONFIGURATION_SET: 'alerts' },
  });
  await createTable(new DynamoDBClient({}), 'delivery');
  msp = await makeMsp();
  dice = diceOf(seeds[0] ?? 0);
  services = standIn(dice);
  undo = [skewClocks(), services.restore];
});
afterAll(() => {
  for (const one of undo) one();
});

/** A customer with an administrator and a ledger that goes up and down. */
function begun(): { items: Item[]; entries: Item[] } {
  const id = newId('customer', Date.now());
  const path = [platformId, msp.id, id];
  const entries = walk(path, dice, 7);
  const member = { nodeId: id, personId: newId('person', Date.now()), name: 'Ann', version: 1 };
  const email = `${randomUUID()}@customer.example.com`;
  const createdAt = new Date().toISOString();
  const joined = join({ ...member, email, roles: ['CUSTOMER_ADMINISTRATOR'], createdAt });
  const others = joined.flatMap((write) => (write.do === 'create' ? [write.item] : []));
  return { entries, items: [customerNode(msp.id, id), ...others, ...entries] };
}

const told = { low: 0, recovered: 0 };
let failures = 0;

async function bring(
  messages: readonly Message[],
  to: readonly Subscriber[],
  storms = 0.03,
): Promise<string[]> {
  const dead: string[] = [];
  const lanes = Array.from({ length: 8 }, (_, lane) => messages.filter((_, nth) => nth % 8 === lane));
  const all = to.flatMap((subscriber) => lanes.map((some) => ({ subscriber, some })));
  await several(all, async ({ subscriber, some }) => {
    const drained = await drain(subscriber, some, { dice, storms });
    failures += drained.failures;
    dead.push(...drained.dead);
  });
  return dead;
}

describe('from the stream to the mail', () => {
  it('every crossing is on the bus at least once, whatever the bus takes, and nothing that was not said', async () => {
    const made = Array.from({ length: customers }, begun);
    await plant(made.flatMap(({ items }) => items));
    for (const { entries } of made) {
      const { low, recovered } = crossingsOf(entries);
      told.low += low;
      told.recovered += recovered;
    }
    const bad = Array.from({ length: 120 }, (_, nth) => poison(nth));
    const shards = shardsOf(
      made.flatMap(({ entries }) => entries),
      12,
      dice,
    );
    const aside: unknown[] = [];
    await several(
      [...shards.entries()],
      async ([at, shard]) => {
        const mixed = shard.flatMap((record, nth) => (nth < 10 ? [bad[at * 10 + nth], record] : [record]));
        const records = mixed.flatMap((record) => record ?? []);
        aside.push(...(await flow(records, { size: 3, dice })));
      },
      12,
    );
    // Those alone that nobody can read are set aside.
    for (const one of aside) expect(bad).toContain(one);
    injected.set('stream: poison record', aside.length);
    const kinds = (type: string) =>
      new Set(services.bus.filter((one) => one.type === type).map(({ detail }) => JSON.parse(detail).id))
        .size;
    expect(kinds('credits.balance_low.v1')).toBe(told.low);
    expect(kinds('credits.balance_recovered.v1')).toBe(told.recovered);
  }, 300_000);

  it('each becomes one notice, and its mail is sent once but for a crash between sending and marking', async () => {
    for (const type of ['credits.balance_low.v1', 'credits.balance_recovered.v1']) {
      const messages = services.bus
        .filter((one) => one.type === type)
        .map(({ source, detail }) => ({ source, type, detail: JSON.parse(detail) }));
      const bad = Array.from({ length: 36 }, (): Message => ({ source: 'x', type: 'x', detail: '{' }));
      const dead = await bring([...messages, ...bad], own(type));
      // What nobody can read is given up, alone.
      expect(new Set(dead)).toEqual(new Set(['{']));
      count('queue: poison message', dead.length);
    }
    const items = await everything();
    const notices = items.filter(({ kind }) => kind === 'notice').length;
    const crossings = told.low + told.recovered;
    print(`alerts: ${notices} notices of ${crossings} crossings, ${(notices / crossings).toFixed(3)}`);
    expect(notices).toBe(crossings);
    const deliveries = items.filter(({ kind }) => kind === 'delivery');
    expect(deliveries.length).toBe(notices);
    for (const { state } of deliveries) expect(['SENT', 'FAILED']).toContain(state);
    const sent = Map.groupBy(services.mails, ({ tags }) => `${tags.notice} ${tags.recipient}`);
    for (const { noticeId, recipientHash, state } of deliveries)
      if (state === 'SENT') expect(sent.has(`${noticeId} ${recipientHash}`)).toBe(true);
    const again = services.mails.length - sent.size;
    print(
      `mails: ${services.mails.length} of ${sent.size} letters, ${again} again after ${failures} failed attempts`,
    );
    expect(again).toBeLessThanOrEqual(failures);
  }, 300_000);

  it('bounces, told twice and in any order, end where they belong', async () => {
    const wrong = new Set(dice.shuffle([...new Set(services.mails.flatMap(({ to }) => to))]).slice(0, 120));
    const bounced = services.mails.filter(({ to }) => to.some((one) => wrong.has(one)));
    const messages = bounced.map(({ messageId, tags, to }): Message => {
      const several = Object.fromEntries(Object.entries(tags).map(([name, value]) => [name, [value]]));
      return {
        source: 'aws.ses',
        type: 'Email Bounced',
        detail: {
          mail: { messageId, destination: to, tags: several },
          bounce: { bounceType: 'Permanent', bounceSubType: 'General' },
        },
      };
    });
    injected.set('SES: bounce', messages.length);
    expect(await bring(messages, [feedback])).toEqual([]);
    const state = new Map(
      (await everything())
        .filter(({ kind }) => kind === 'delivery')
        .map((one) => [`${one.noticeId} ${one.recipientHash}`, one.state]),
    );
    for (const { tags } of bounced)
      expect(['BOUNCED', 'FAILED']).toContain(state.get(`${tags.notice} ${tags.recipient}`));
  }, 300_000);

  it('every kind of fault was injected', () => {
    const kinds = [...injected].map(([kind, times]) => `${times} ${kind}`);
    print(
      `faults: ${kinds.sort().join(', ')} (${keep('delivery', seeds[0] ?? 0)
        .split(' ')
        .slice(0, 2)
        .join(' ')})`,
    );
    const due = [
      ...['PutEvents: throttled', 'PutEvents: taken in part', 'PutEvents: answer lost'],
      ...['SES: throttled', 'SES: rejected', 'SES: accepted, then crashed', 'SES: bounce'],
      ...['stream: batch again', 'stream: another order between keys', 'stream: poison record'],
      ...['bus: event twice', 'queue: batch failed in part', 'queue: poison message'],
    ];
    for (const kind of due) expect(injected.get(kind) ?? 0, kind).toBeGreaterThanOrEqual(least);
  });
});
