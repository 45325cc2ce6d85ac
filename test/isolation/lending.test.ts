import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { get } from '../../lib/aws/db.ts';
import { client } from '../../lib/aws/dynamo.ts';
import { asItself, credentialsNow, within } from '../../lib/aws/tenant-session.ts';
import { readingAcross } from '../../lib/aws/vouch-rows.ts';
import { newId, patience } from '../../lib/aws/world.ts';
import { nodeKey } from '../../lib/kit/keys.ts';
import { pageTags, reachAt, tagsOf } from '../../lib/kit/reach.ts';
import { lend } from '../kit/lend.ts';
import { addCustomer, attempt, call, type Msp, makeMsp } from '../kit/world.ts';

type How = 'lends' | 'throttled' | 'down' | 'silent' | 'refuses' | 'skewed' | 'too large';
let how: How;
let asked = 0;
let sts: Server;
const usual = process.env.AWS_ENDPOINT_URL_STS;
const hour = 3_600_000;
const codes = {
  throttled: [400, 'Throttling'],
  refuses: [403, 'AccessDenied'],
  skewed: [403, 'RequestTimeTooSkewed'],
} as const;

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  asked++;
  if (how === 'down') return void request.socket.destroy();
  if (how === 'silent') return;
  if (how === 'lends') return lend(request, response);
  const [status, code] = how === 'too large' ? [400, 'PackedPolicyTooLarge'] : codes[how];
  // Whoever signs with the right time afterwards is lent to.
  if (how === 'skewed') how = 'lends';
  response.statusCode = status;
  response.setHeader('date', new Date().toUTCString()).end(`<Error><Code>${code}</Code></Error>`);
}

beforeAll(async () => {
  sts = createServer(answer);
  await new Promise<void>((resolve) => sts.listen(0, '127.0.0.1', resolve));
  process.env.AWS_ENDPOINT_URL_STS = `http://127.0.0.1:${(sts.address() as AddressInfo).port}`;
});
afterAll(() => {
  process.env.AWS_ENDPOINT_URL_STS = usual;
  sts.close();
});
const { requestTimeout } = patience;
beforeEach(() => {
  patience.requestTimeout = requestTimeout;
  how = 'lends';
  asked = 0;
});
afterEach(() => void vi.useRealTimers());

/** What a session of one tenant is signed with. */
const sessionOf = (id: string) => within(Promise.resolve(reachAt(['p', id])), credentialsNow);
const customer = () => newId('customer', Date.now());
const later = (ms: number) => vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + ms });

it('a session is lent once, to however many ask at once, and again five minutes before its end', async () => {
  const id = customer();
  const [one, ...more] = await Promise.all(Array.from({ length: 20 }, () => sessionOf(id)));
  expect(asked).toBe(1);
  for (const other of more) expect(other).toBe(one);
  later(hour - 6 * 60_000);
  expect(await sessionOf(id)).toBe(one);
  later(2 * 60_000);
  // Nobody waits for the next one.
  expect(await sessionOf(id)).toBe(one);
  await vi.waitFor(async () => expect(await sessionOf(id)).not.toBe(one));
  expect(asked).toBe(2);
});

it.each(['down', 'silent', 'throttled', 'refuses'] as const)(
  'while STS %s a session goes on to its end, and then there is none: never the role of the function',
  async (trouble) => {
    const id = customer();
    const lent = await sessionOf(id);
    how = trouble;
    later(hour - 60_000);
    expect(await sessionOf(id)).toBe(lent);
    patience.requestTimeout = 100;
    later(2 * 60_000);
    await expect(sessionOf(id)).rejects.toMatchObject({ type: { status: 503 } });
    const own = await asItself(credentialsNow);
    expect(own.sessionToken).toBeUndefined();
  },
);

it('another time than that of STS is no reason: it is asked again by its own', async () => {
  how = 'skewed';
  expect((await sessionOf(customer())).sessionToken).toBeDefined();
  expect(asked).toBe(2);
});

it('more tags than STS takes, or more tenants than a session has places for, are a refusal', async () => {
  how = 'too large';
  await expect(sessionOf(customer())).rejects.toMatchObject({ type: { status: 413 } });
  const others = Array.from({ length: 13 }, customer);
  expect(() => tagsOf({ ...reachAt(['p', customer()]), others }, false)).toThrow(
    expect.objectContaining({ type: expect.objectContaining({ status: 413 }) }),
  );
});

it('a list of more tenants than there are places is read in as many sessions as it takes, in its order', async () => {
  const home = newId('provider', Date.now());
  const units = Array.from({ length: 2 * pageTags.length + 3 }, () => {
    const tenant = customer();
    return { tenant, row: { PK: nodeKey(home).PK, id: tenant } };
  });
  const read = () =>
    readingAcross(units, async (some) => {
      await credentialsNow();
      return some.map(({ tenant }) => tenant);
    });
  const found = await within(Promise.resolve(reachAt(['p', home])), read);
  expect(found).toEqual(units.map(({ tenant }) => tenant));
  expect(asked).toBe(3);
});

it('a session that the table says is over is left, and another one asked for', async () => {
  const id = customer();
  let said = 0;
  client().around('attempt', async (one, next) => {
    if (said > 0) {
      said--;
      throw Object.assign(
        new (await import('../../lib/aws/aws-json.ts')).ServiceError(400, {
          __type: 'ExpiredTokenException',
        }),
      );
    }
    return next(one);
  });
  const ask = () => within(Promise.resolve(reachAt(['p', id])), () => get(nodeKey(id)));
  await ask();
  later(60_000);
  said = 2;
  expect(await Promise.all([ask(), ask()])).toEqual([undefined, undefined]);
  expect(asked).toBe(2);
});

it('while STS is down whoever is known is served, and others are told when to come again', async () => {
  const msp: Msp = await makeMsp();
  const [known, other] = [await addCustomer(msp), await addCustomer(msp)];
  const credits = (id: string) => `GET /v1/customers/${id}/probes`;
  expect((await call(credits(known.id), { as: known.admin })).status).toBe(200);
  how = 'down';
  expect((await call(credits(known.id), { as: known.admin })).status).toBe(200);
  const refused = await attempt(credits(other.id), { as: other.admin });
  expect(refused.status).toBe(503);
  expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
});
