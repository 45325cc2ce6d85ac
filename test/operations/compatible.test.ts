import { globSync } from 'node:fs';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { ask } from '../../lib/aws/dynamo.ts';
import { toAttributes } from '../../lib/aws/item.ts';
import { type Envelope, type EventType, envelopesOf } from '../../lib/kit/event.ts';
import { react } from '../kit/deliver.ts';
import { type Mailbox, openMailbox } from '../kit/mailbox.ts';
import { several } from '../kit/several.ts';
import { createTable } from '../kit/table.ts';
import { call } from '../kit/world.ts';
import { type Contract, readCorpus, readShapes } from './corpus.ts';
import { shapesOf, stumblingBlocks } from './shapes.ts';

const { items, reads, contracts, madeAt, commit } = readCorpus();

/** Events of the release before that nobody waits for any more, each with the reason why it may be lost. */
const ignored: Readonly<Record<string, string>> = {};

const table = process.env.TABLE_NAME;
let box: Mailbox;
let events: ReadonlyMap<string, EventType>;

/** The clock goes on from that moment. */
function goBackTo(moment: string): void {
  const Now = Date;
  const ahead = Date.now() - Date.parse(moment);
  class Then extends Now {
    constructor(...given: []) {
      if (given.length > 0) super(...given);
      else super(Now.now() - ahead);
    }
    static override now = () => Now.now() - ahead;
  }
  vi.stubGlobal('Date', Then);
}

beforeAll(async () => {
  process.env.TABLE_NAME = 'previous';
  await createTable(new DynamoDBClient({}), 'previous');
  const batches = Array.from({ length: Math.ceil(items.length / 25) }, (_, at) =>
    items.slice(at * 25, at * 25 + 25),
  );
  await several(batches, (batch) => {
    const puts = batch.map((item) => ({ PutRequest: { Item: toAttributes(item) } }));
    return ask('BatchWriteItem', { RequestItems: { previous: puts } });
  });
  // What ends has not ended then.
  goBackTo(madeAt);
  box = await openMailbox();
  const modules = await Promise.all(globSync('lib/*/events.ts').map((file) => import(`../../${file}`)));
  const found = modules.flatMap((module) => Object.values(module)) as EventType[];
  events = new Map(found.filter((one) => one?.type && 'example' in one).map((one) => [one.type, one]));
});

afterAll(() => {
  box.close();
  vi.unstubAllGlobals();
  process.env.TABLE_NAME = table;
});

describe(`what the release before (${commit}) stored`, () => {
  it('is of every kind that there was', () => {
    const kept = new Set(Object.keys(shapesOf(items)));
    expect(Object.keys(readShapes()).filter((kind) => !kept.has(kind))).toEqual([]);
    expect(kept.size).toBeGreaterThan(90);
  });

  it.each(reads)('$name answers', async ({ line, ...sent }) => {
    const { status, body } = await call(line, sent);
    expect(status, JSON.stringify(body)).toBe(200);
  });
});

describe('an event of the release before', () => {
  const announced = items.flatMap(envelopesOf);
  const envelopeOf = (type: string, { example }: Contract): Envelope => {
    const [some] = announced;
    if (!some) throw new Error('The world of before announces nothing');
    return { ...some, id: `evt_${'0'.repeat(26)}`, type, data: example };
  };

  it.each(Object.entries(contracts))('%s is understood and handled', async (type, contract) => {
    if (type in ignored) return expect(events.has(type)).toBe(false);
    const real = announced.filter((one) => one.type === type).slice(0, 2);
    for (const one of [...real, envelopeOf(type, contract)]) {
      const read = events.get(type)?.data.safeParse(one.data);
      expect(read?.success, `${type}: ${read?.error?.message ?? 'it is known no more'}`).toBe(true);
      await react(one);
    }
  });
});

describe('the release before', () => {
  const ajv = new Ajv2020({ strict: false });
  formats.default(ajv);

  it.each(Object.entries(contracts))('understands %s as it is announced now', (type, { data }) => {
    const example = events.get(type)?.example;
    if (example === undefined) return expect(type in ignored).toBe(true);
    const understands = ajv.compile(data);
    expect(understands(example), `${ajv.errorsText(understands.errors)} in ${JSON.stringify(example)}`).toBe(
      true,
    );
  });
});

describe('a change of what is stored is told', () => {
  const before = shapesOf([{ PK: 'T#a#USER', kind: 'user', name: 'Ada', age: 3, role: { id: 'r' } }]);
  const now = (item: Record<string, unknown>) =>
    stumblingBlocks(
      before,
      shapesOf([{ PK: 'T#b#USER', kind: 'user', name: 'Bea', age: 4, role: { id: 'q' }, ...item }]),
    );

  it.each([
    ['nothing where something came', { more: 1 }, []],
    ['an attribute that went', { age: undefined }, ['USER/user age is not always there any more']],
    ['another type', { name: null }, ['USER/user name was S, and is NULL too']],
    ['what went from a map', { role: {} }, ['USER/user role.id is not always there any more']],
  ])('%s', (_, item, told) => expect(now(item)).toEqual(told));
});
