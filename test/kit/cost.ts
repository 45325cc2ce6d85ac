import { isDeepStrictEqual } from 'node:util';
import type { AttributeValue, TransactWriteItem } from '@aws-sdk/client-dynamodb';
import { asking, client, newClient } from '../../lib/aws/dynamo.ts';
import { projected } from '../../lib/kit/keys.ts';
import { shortly } from './wire.ts';

type Stored = Record<string, AttributeValue>;

/** Request units of one call or of one request: what on-demand tables are billed for. */
export interface Units {
  readonly read: number;
  /** Write units of the table itself. */
  readonly write: number;
  /** Of these, for items that keep something unique: names, addresses, logins. */
  readonly unique: number;
  /** Write units of the two indexes. */
  readonly index: number;
}

/** What serving one request took of the store. */
export interface Cost extends Units {
  /** The longest chain of calls that waited for each other; `reading`: of these, before the first write. */
  readonly roundTrips: number;
  readonly reading: number;
  readonly calls: readonly string[];
  /** Every item written, as `kind bytes`. */
  readonly items: readonly string[];
  /** What the engine itself says it consumed, where it says so: a cross-check, engines disagree. */
  readonly reported: { readonly read: number; readonly write: number };
}

const bytes = (text: string) => Buffer.byteLength(text, 'utf8');
const nested = (values: readonly AttributeValue[]) =>
  values.reduce((sum, one) => sum + 1 + sizeOfValue(one), 3);

/** Bytes of one attribute value. Source: developer guide, "DynamoDB item sizes and formats". */
export function sizeOfValue(value: AttributeValue): number {
  if (value.S !== undefined) return bytes(value.S);
  if (value.N !== undefined) return sizeOfNumber(value.N);
  if (value.B !== undefined) return Buffer.from(value.B as unknown as string, 'base64').length;
  if (value.L !== undefined) return nested(value.L);
  if (value.M !== undefined) {
    return Object.keys(value.M).reduce((sum, name) => sum + bytes(name), nested(Object.values(value.M)));
  }
  if (value.SS !== undefined) return value.SS.reduce((sum, one) => sum + bytes(one), 0);
  if (value.NS !== undefined) return value.NS.reduce((sum, one) => sum + sizeOfNumber(one), 0);
  return 1;
}

// The guide trims zeros at both ends; counting them makes a figure independent of the clock, and never too low.
function sizeOfNumber(text: string): number {
  const [whole = '', fraction = ''] = text.replace('-', '').split('.');
  return 1 + Math.ceil(whole.length / 2) + Math.ceil(fraction.length / 2) + (text.startsWith('-') ? 1 : 0);
}

/** Bytes of an item: names and values. */
export function sizeOf(item: Stored): number {
  return Object.entries(item).reduce((sum, [name, value]) => sum + bytes(name) + sizeOfValue(value), 0);
}

const started = (size: number, unit: number) => Math.max(1, Math.ceil(size / unit));
const readUnits = (size: number, consistent: boolean) => started(size, 4096) * (consistent ? 1 : 0.5);
const writeUnits = (...images: readonly (Stored | undefined)[]) =>
  Math.max(...images.map((image) => (image ? started(sizeOf(image), 1024) : 1)));

const indexes = [
  ['G1', 'S1'],
  ['G2', 'S2'],
] as const;

/** Write units of both indexes for one changed item: nothing where what they store stays the same, two where its place moves. */
export function indexUnits(before: Stored | undefined, after: Stored | undefined): number {
  return indexes.reduce((sum, keys) => {
    const [old, fresh] = [entryOf(before, keys), entryOf(after, keys)];
    if (!old && !fresh) return sum;
    if (!old || !fresh) return sum + writeUnits(old ?? fresh);
    if (keys.some((key) => old[key]?.S !== fresh[key]?.S)) return sum + writeUnits(old) + writeUnits(fresh);
    return isDeepStrictEqual(old, fresh) ? sum : sum + writeUnits(old, fresh);
  }, 0);
}

function entryOf(item: Stored | undefined, keys: readonly [string, string]): Stored | undefined {
  if (!item || keys.some((key) => item[key] === undefined)) return undefined;
  const kept = ['PK', 'SK', ...keys, ...projected].flatMap((name) =>
    item[name] ? [[name, item[name]]] : [],
  );
  return Object.fromEntries(kept);
}

/** What the commands that we price say and answer, as far as pricing looks at it. */
interface Input {
  readonly Key?: Stored;
  readonly Item?: Stored;
  readonly ConsistentRead?: boolean;
  readonly RequestItems?: Record<string, { Keys: Stored[]; ConsistentRead?: boolean }>;
  readonly TransactItems?: TransactWriteItem[];
}
interface Output {
  readonly Item?: Stored;
  readonly Items?: Stored[];
  readonly Responses?: Record<string, Stored[]>;
  readonly ConsumedCapacity?: { CapacityUnits?: number } | { CapacityUnits?: number }[];
}

interface Call {
  readonly name: string;
  readonly input: Input;
  readonly output: Output | undefined;
  readonly before: ReadonlyMap<string, Stored>;
  readonly after: ReadonlyMap<string, Stored>;
}

const nothing: Units = { read: 0, write: 0, unique: 0, index: 0 };
const plus = (a: Units, b: Units): Units => ({
  read: a.read + b.read,
  write: a.write + b.write,
  unique: a.unique + b.unique,
  index: a.index + b.index,
});
const place = (key: Stored) => `${key.PK?.S}\n${key.SK?.S}`;

/** Units of one call by the published rules; throws for a kind of call that the rules here do not price: a Scan above all. */
function unitsOf(call: Call): Units {
  const { name, input, output } = call;
  switch (name) {
    case 'GetItem':
      return { ...nothing, read: readUnits(sizeOf(output?.Item ?? {}), input.ConsistentRead === true) };
    case 'BatchGetItem':
      return { ...nothing, read: batchUnits(input.RequestItems ?? {}, output?.Responses ?? {}) };
    case 'Query': {
      const size = (output?.Items ?? []).reduce((sum, item) => sum + sizeOf(item), 0);
      return { ...nothing, read: readUnits(size, input.ConsistentRead === true) };
    }
    case 'PutItem':
    case 'UpdateItem':
    case 'DeleteItem':
      return changeUnits(call, input.Key ?? input.Item ?? {}, 1);
    case 'TransactWriteItems':
      return (input.TransactItems ?? [])
        .map(({ Put, Update, Delete, ConditionCheck }) => {
          const at = Put?.Item ?? (Update ?? Delete ?? ConditionCheck)?.Key ?? {};
          return changeUnits(call, at, 2);
        })
        .reduce(plus, nothing);
    default:
      throw new Error(`${name} has no place in a request`);
  }
}

// Every key asked for is charged by itself, also where there is nothing.
function batchUnits(
  asked: Record<string, { Keys: Stored[]; ConsistentRead?: boolean }>,
  responses: Record<string, Stored[]>,
): number {
  return Object.entries(asked).reduce((sum, [table, { Keys, ConsistentRead }]) => {
    const found = new Map((responses[table] ?? []).map((item) => [place(item), item]));
    return Keys.reduce(
      (more, key) => more + readUnits(sizeOf(found.get(place(key)) ?? {}), ConsistentRead === true),
      sum,
    );
  }, 0);
}

// A write that its condition refused is charged as well, by the item that stands there.
function changeUnits({ before, after }: Call, key: Stored, factor: 1 | 2): Units {
  const [old, fresh] = [before.get(place(key)), after.get(place(key))];
  const write = factor * writeUnits(old, fresh);
  const unique = /#(UNIQUE|IDENTITY)$/.test(key.PK?.S ?? '') ? write : 0;
  return { read: 0, write, unique, index: indexUnits(old, fresh) };
}

const writing = ['PutItem', 'UpdateItem', 'DeleteItem', 'TransactWriteItems'];

function keysOf({ input, name }: Pick<Call, 'name' | 'input'>): Stored[] {
  if (!writing.includes(name)) return [];
  const touched = input.TransactItems?.map(
    ({ Put, Update, Delete, ConditionCheck }) => Put?.Item ?? (Update ?? Delete ?? ConditionCheck)?.Key ?? {},
  );
  return (touched ?? [input.Key ?? input.Item ?? {}]).map(({ PK, SK }) => ({ PK, SK }) as Stored);
}

const past = newClient();
past.exchange = shortly;
const askPast = asking(() => past);

async function imagesAt(keys: readonly Stored[]): Promise<Map<string, Stored>> {
  if (keys.length === 0) return new Map();
  const table = process.env.TABLE_NAME ?? '';
  const { Responses } = await askPast('BatchGetItem', {
    RequestItems: { [table]: { Keys: [...keys], ConsistentRead: true } },
  });
  return new Map((Responses?.[table] ?? []).map((item) => [place(item), item]));
}

interface Recording {
  readonly calls: Call[];
  rounds: number;
  reading: number;
  round: Promise<void> | undefined;
  running: Promise<unknown>[];
}

let recording: Recording | undefined;
let listening = false;

const joinMs = 8;

/**
 * Calls that do not wait for each other end together, in one round, as if each took equally long: so the rounds
 * are the longest chain of calls, whatever the machine is doing.
 */
function joinRound(into: Recording, running: Promise<unknown>): Promise<void> {
  into.running.push(running);
  into.round ??= new Promise((resolve) => setTimeout(resolve, joinMs)).then(async () => {
    await Promise.allSettled(into.running);
    into.rounds++;
    if (!into.calls.some(({ name }) => writing.includes(name))) into.reading++;
    into.round = undefined;
    into.running = [];
  });
  return into.round;
}

/** Records from now on. */
export function listen(): void {
  if (listening) return;
  listening = true;
  client().around('call', async ({ operation, input }, next) => {
    const into = recording;
    if (!into) return next({ operation, input });
    const running = observe(operation, input as Input, () =>
      next({ operation, input: { ...input, ReturnConsumedCapacity: 'TOTAL' } }),
    );
    const told = running.then(({ call }) => into.calls.push(call));
    await joinRound(into, told);
    const { result } = await running;
    if (result.status === 'rejected') throw result.reason;
    return result.value;
  });
}

async function observe<T>(
  name: string,
  input: Input,
  send: () => Promise<T>,
): Promise<{ call: Call; result: PromiseSettledResult<T> }> {
  const keys = keysOf({ name, input });
  const before = await imagesAt(keys);
  const [result] = await Promise.allSettled([send()]);
  const after = await imagesAt(keys);
  const output = result.status === 'fulfilled' ? (result.value as Output) : undefined;
  return { call: { name, input, output, before, after }, result };
}

/** Runs one request alone and says what it cost. */
export async function measure<T>(run: () => Promise<T>): Promise<{ result: T; cost: Cost }> {
  if (!listening)
    throw new Error('Nothing is measured before `listen()`, and that comes before the first call');
  const into: Recording = { calls: [], rounds: 0, reading: 0, round: undefined, running: [] };
  recording = into;
  try {
    const result = await run();
    const units = into.calls.map(unitsOf).reduce(plus, nothing);
    return {
      result,
      cost: {
        ...units,
        roundTrips: into.rounds,
        reading: into.reading,
        calls: into.calls.map(({ name }) => name.replace('Command', '')),
        items: into.calls.flatMap(itemsOf),
        reported: reportedBy(into.calls),
      },
    };
  } finally {
    recording = undefined;
  }
}

function itemsOf(call: Call): string[] {
  return keysOf(call).map((key) => {
    const item = call.after.get(place(key)) ?? call.before.get(place(key)) ?? {};
    return `${item.kind?.S ?? 'nothing'} ${sizeOf(item)}`;
  });
}

function reportedBy(calls: readonly Call[]): { read: number; write: number } {
  const sum = (chosen: readonly Call[]) =>
    chosen
      .flatMap(({ output }) => [output?.ConsumedCapacity ?? []].flat())
      .reduce((total, one) => total + (one.CapacityUnits ?? 0), 0);
  return {
    read: sum(calls.filter(({ name }) => !writing.includes(name))),
    write: sum(calls.filter(({ name }) => writing.includes(name))),
  };
}
