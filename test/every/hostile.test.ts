import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { contexts } from '../../functions/contexts.ts';
import { querySchema } from '../../lib/aws/request.ts';
import type { Route } from '../../lib/kit/route.ts';
import { plantCreditSystem } from '../kit/plant.ts';
import { several } from '../kit/several.ts';
import { type Answer, addCustomer, call, makeMsp } from '../kit/world.ts';
import { type Request, routeOf, type Scenario, type Stage, scenarios } from './scenarios.ts';

/** Never text of ours, wherever it stands: headers, other scripts' directions, what no string may hold. */
const poison = [
  'a\r\nBcc: x@example.com',
  'a\rb',
  'a\u0000b',
  '\u202egnp.exe',
  'a\u200bb',
  'a\u2028b',
  'a\ud800b',
];
const twoAddresses = 'a@example.com, b@example.com';
const odd: readonly unknown[] = [
  null,
  true,
  0,
  -1,
  1.5,
  2 ** 53,
  '',
  ' ',
  'x'.repeat(20_000),
  twoAddresses,
  "=1<script>'; DROP T#x/../..",
  [],
  {},
  [[[[]]]],
  { $ne: null },
];
const inAddress = ['', 'T#prv_0#X', '../../etc/passwd', 'a\r\nb', 'a\u0000b', '\u202ex', 'x'.repeat(3000)];

type Path = readonly (string | number)[];

/** The top-level fields of a body and of its schema, and what stands inside them. */
function placesOf(route: Route, body: Record<string, unknown>): Path[] {
  const known = Object.keys((route.body as { shape?: object }).shape ?? {}).filter((name) => !(name in body));
  return [...within(body, []), ...known.map((name) => [name])];
}

function within(value: unknown, at: Path): Path[] {
  if (typeof value !== 'object' || value === null || at.length > 2) return [];
  const names = Array.isArray(value) ? (value.length > 0 ? [0] : []) : Object.keys(value);
  return names.flatMap((name) => [
    [...at, name],
    ...within((value as Record<string | number, unknown>)[name], [...at, name]),
  ]);
}

const valueAt = (body: unknown, path: Path): unknown =>
  path.reduce((value, name) => (value as Record<string | number, unknown> | undefined)?.[name], body);

function replaced(body: unknown, path: Path, value: unknown): unknown {
  const copy = structuredClone(body);
  const holder = valueAt(copy, path.slice(0, -1)) as Record<string | number, unknown>;
  holder[path.at(-1) ?? ''] = value;
  return copy;
}

const partition = <T>(all: readonly T[], holds: (one: T) => boolean): [T[], T[]] => [
  all.filter(holds),
  all.filter((one) => !holds(one)),
];

const kindOf = (value: unknown) => (Array.isArray(value) ? 'array' : value === null ? 'null' : typeof value);

/** Whether this value can only be refused there, whatever the schema says. */
function isAlwaysWrong(was: unknown, value: unknown, path: Path): boolean {
  if (poison.includes(value as string) || value === 2 ** 53) return true;
  if (path.at(-1) === 'recipients' && ['string', 'array'].includes(kindOf(value))) return false;
  if (was === undefined || was === null || value === null) return false;
  if (kindOf(was) !== kindOf(value)) return true;
  return value === twoAddresses && /^[^\s@]+@[^\s@]+$/.test(String(was));
}

const named = ({ body }: Answer): string[] =>
  (body.errors ?? []).map(({ pointer }: { pointer: string }) => pointer);

let stage: Stage;
let sentInAll = 0;
let takenInAll = 0;
beforeAll(async () => {
  const msp = await makeMsp();
  stage = { msp, customer: await addCustomer(msp) };
  await plantCreditSystem(msp.id);
});
afterAll(() => {
  process.stdout.write(`hostile values: ${sentInAll} requests, ${takenInAll} legal and taken\n`);
});

async function send({ line, ...sent }: Request): Promise<Answer> {
  sentInAll++;
  return call(line, sent);
}

const routes = new Map(contexts.flatMap((context) => context.routes).map((route) => [route.id, route]));
const cases = Object.entries(scenarios).map(
  ([name, scenario]) => [name, routes.get(routeOf(name)) as Route, scenario] as const,
);

async function attack(route: Route, scenario: Scenario, first: Request): Promise<void> {
  let request = first;
  const { body } = request;
  if (!route.body || typeof body !== 'object' || body === null) return;
  for (const path of placesOf(route, body as Record<string, unknown>)) {
    // A list or a text: what is wrong inside is told of the whole.
    const pointer = path[0] === 'recipients' ? '#/recipients' : `#/${path.join('/')}`;
    const isWrong = (value: unknown) =>
      isAlwaysWrong(valueAt(request.body, path), value, path) ||
      !route.body?.safeParse(replaced(request.body, path, value)).success;
    const put = async (value: unknown) => {
      const answer = await send({ ...request, body: replaced(request.body, path, value) });
      const told = `${pointer} = ${JSON.stringify(value)?.slice(0, 60)}: ${answer.status} ${named(answer)}`;
      return { answer, told };
    };
    const refused = async (value: unknown) => {
      const { answer, told } = await put(value);
      expect(answer.status, told).toBe(400);
      expect(
        named(answer).some((one) => one === pointer || one.startsWith(`${pointer}/`)),
        told,
      ).toBe(true);
    };
    const [wrong, others] = partition([...poison, ...odd], isWrong);
    await several(wrong, refused);
    for (const value of others) {
      if (isWrong(value)) {
        await refused(value);
        continue;
      }
      if (value === twoAddresses) continue;
      const { answer, told } = await put(value);
      expect(answer.status, told).toBeLessThan(500);
      expect(answer.status, told).not.toBe(400);
      if (answer.status < 300) takenInAll++;
      request = await scenario(stage);
    }
  }
}

describe.each(cases)('%s', (name, route, scenario) => {
  it('with one field, filter or id replaced, names it, finds nothing, or takes a legal value', async () => {
    const request = await scenario(stage);
    if (name === route.id) await probe(route, request);
    await attack(route, scenario, request);
  });
});

it('has taken legal values too', () => {
  expect(takenInAll).toBeGreaterThan(80);
});

/** Filters of the address and ids in its path. */
async function probe(route: Route, request: Request): Promise<void> {
  const [line = '', query = ''] = request.line.split('?');
  for (const [name, schema] of Object.entries(querySchema(route).shape)) {
    await several(inAddress, async (value) => {
      const legal = (schema as { safeParse: (given: unknown) => { success: boolean } }).safeParse(value);
      if (legal.success && route.method !== 'GET') return;
      const other = new URLSearchParams(query);
      other.set(name, value);
      const answer = await send({ ...request, line: `${line}?${other}` });
      const told = `?${name}=${JSON.stringify(value).slice(0, 60)}: ${answer.status}`;
      if (legal.success) expect(answer.status, told).toBeLessThan(500);
      else expect([answer.status, named(answer).includes(`#/query/${name}`)], told).toEqual([400, true]);
    });
  }
  for (const [index, segment] of route.path.split('/').entries()) {
    if (!segment.startsWith('{')) continue;
    const values = inAddress.filter((one) => one !== '');
    await several(values, async (value) => {
      const parts = line.split('/');
      parts[index] = encodeURIComponent(value);
      const answer = await send({ ...request, line: `${parts.join('/')}${query && `?${query}`}` });
      expect([400, 404], `${segment}=${value.slice(0, 40)}: ${answer.status}`).toContain(answer.status);
      if (answer.status === 400) expect(named(answer)).toContain(`#/params/${segment.slice(1, -1)}`);
    });
  }
}
