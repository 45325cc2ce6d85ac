import { randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { agentRoutes } from '../../functions/probes/agent-routes.ts';
import { addProbe, agentHandler, enrolledAgent, newAgent, type TestAgent } from '../kit/agent.ts';
import { type Answer, addCustomer, type Msp, makeMsp } from '../kit/world.ts';

const bodiesEach = 300;
const seed = Number(process.env.SEED ?? 5);

let msp: Msp;
let agent: TestAgent;
let customerId = '';
const statuses = new Map<number, number>();
beforeAll(async () => {
  msp = await makeMsp();
  customerId = (await addCustomer(msp)).id;
  agent = await enrolledAgent(customerId, msp.catalog);
});
afterAll(() => {
  const told = [...statuses].sort(([a], [b]) => a - b).map(([status, times]) => `${status}: ${times}`);
  process.stdout.write(`      hostile bodies of agents, seed ${seed}: ${told.join(', ')}; 0 × 5xx\n`);
});

const commandId = `cmd_${'0'.repeat(26)}`;
const lineOf = ({ method, path }: { method: string; path: string }) =>
  `${method} ${path.replace('{commandId}', commandId)}`;

const good: Record<string, () => unknown> = {
  enrolAgent: () => ({
    enrolmentKey: `qek.${customerId}.prb_${'0'.repeat(26)}.${'A'.repeat(43)}`,
    publicKey: agent.publicKey,
  }),
  agentHeartbeat: () => ({ version: '1.2.3' }),
  getAgentConfiguration: () => ({}),
  reportUsage: () => ({ sequence: 1, counts: { DEVICE: 3, INTERFACE: 4 } }),
  reportInventory: () => ({ sequence: 1, items: [{ type: 'DEVICE', externalId: 'a', name: 'A' }] }),
  rotateKeyPair: () => ({ publicKey: newAgent().publicKey }),
  acknowledgeCommand: () => ({ result: 'DONE' }),
};

const odd = fc.oneof(
  fc.jsonValue({ maxDepth: 4 }),
  fc.constantFrom(
    -1,
    0,
    1.5,
    2 ** 53,
    1e300,
    '',
    '\u0000',
    '\u202e',
    '\ud800',
    'x'.repeat(5000),
    null,
    true,
    [],
    {},
  ),
  fc.integer(),
  fc.string({ unit: 'binary', maxLength: 200 }),
);

/** A good body with something of it replaced, added or taken away. */
const bent = (base: unknown) =>
  fc.tuple(fc.nat(), fc.nat(2), odd, fc.string({ maxLength: 12 })).map(([at, how, value, name]) => {
    const copy = structuredClone(base) as Record<string, unknown>;
    const names = Object.keys(copy);
    const chosen = names[at % Math.max(1, names.length)] ?? name;
    const inner = copy[chosen];
    if (how === 0) copy[chosen] = value;
    else if (how === 1) Object.assign(copy, { [name]: value });
    else if (Array.isArray(inner)) inner.push(value);
    else if (typeof inner === 'object' && inner !== null) Object.assign(inner, { [name]: value });
    else delete copy[chosen];
    return copy;
  });

type Sent = { readonly bytes: Buffer; readonly headers: Record<string, string | undefined> };
const json = (value: unknown): Sent => ({ bytes: Buffer.from(JSON.stringify(value) ?? ''), headers: {} });
const raw = fc.oneof(
  fc.uint8Array({ maxLength: 400 }).map((bytes) => Buffer.from(bytes)),
  fc
    .constantFrom(
      '{',
      '[[[[',
      '{"a":1,"a":2}',
      '{"__proto__":{}}',
      '{"sequence":1e400}',
      '{"sequence":9007199254740993}',
      '\ufeff{}',
      'null',
      '"x"',
    )
    .map((text) => Buffer.from(text)),
  fc.integer({ min: 17, max: 3000 }).map((depth) => Buffer.from('['.repeat(depth) + ']'.repeat(depth))),
);
const headers = fc.oneof(
  fc.constant({}),
  fc.record({
    'content-type': fc.constantFrom(
      'text/plain',
      'application/gzip',
      'application/json; charset=utf-16',
      'multipart/form-data',
    ),
    'content-encoding': fc.constantFrom('gzip', 'br', 'deflate', 'gzip, gzip', 'identity'),
  }),
);

describe.each(agentRoutes.map((route) => [route.id, route] as const))('%s', (id, route) => {
  it(`answers ${bodiesEach} hostile bodies with less than 500`, async () => {
    const bodies = fc.oneof(
      {
        weight: 4,
        arbitrary: fc
          .constant(0)
          .chain(() => bent(good[id]?.()))
          .map(json),
      },
      { weight: 2, arbitrary: odd.map(json) },
      { weight: 2, arbitrary: fc.tuple(raw, headers).map(([bytes, set]) => ({ bytes, headers: set })) },
      {
        weight: 1,
        arbitrary: fc.tuple(raw, fc.nat(60)).map(([bytes, cut]) => {
          const packed = gzipSync(bytes);
          return {
            bytes: packed.subarray(0, Math.max(1, packed.length - (cut % 9))),
            headers: { 'content-encoding': 'gzip', 'content-type': 'application/gzip' },
          };
        }),
      },
    );
    let sent = 0;
    await fc.assert(
      fc.asyncProperty(bodies, async (body) => {
        sent++;
        const count = id === 'enrolAgent' ? { count: 0 } : {};
        const answer = await agent.send(lineOf(route), undefined, {
          ...body,
          ...count,
          handler: agentHandler(),
        });
        statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
        expect(answer.status).toBeLessThan(500);
      }),
      { numRuns: bodiesEach, seed, endOnFailure: true },
    );
    expect(sent).toBeGreaterThanOrEqual(bodiesEach);
    expect((await agent.heartbeat({ handler: agentHandler() })).status).toBe(200);
  });
});

describe('sizes', () => {
  const packed = { 'content-encoding': 'gzip', 'content-type': 'application/gzip' };
  const send = (bytes: Buffer, set: Record<string, string> = {}): Promise<Answer> =>
    agent.send('POST /v1/agent/usage', undefined, { bytes, headers: set, handler: agentHandler() });

  it('a report may be gzip, and is the same report', async () => {
    const own = await enrolledAgent(customerId, msp.catalog);
    const bytes = gzipSync(JSON.stringify({ sequence: 1, counts: { DEVICE: 5 } }));
    const answer = await own.send('POST /v1/agent/usage', undefined, { bytes, headers: packed });
    expect(answer).toMatchObject({ status: 200, body: { accepted: true } });
  });

  it('zip bombs are not inflated beyond 1 MiB', async () => {
    const bomb = gzipSync(Buffer.alloc(200 * 1024 * 1024));
    expect(bomb.length).toBeLessThan(262_144);
    const began = process.cpuUsage();
    expect(await send(bomb, packed)).toMatchObject({ status: 413, body: { code: 'request.too_large' } });
    // Of the processor's time: who else is at work does not count.
    const { user, system } = process.cpuUsage(began);
    expect((user + system) / 1000).toBeLessThan(1000);
    const twice = gzipSync(bomb);
    expect((await send(twice, packed)).status).toBe(400);
  });

  it('bodies beyond the limit are refused before anything else, gzip or not', async () => {
    expect((await send(Buffer.alloc(262_145, 32))).status).toBe(413);
    expect((await send(randomBytes(262_145), packed)).status).toBe(413);
    const heartbeat = { bytes: Buffer.alloc(65_537, 32), handler: agentHandler() };
    expect((await agent.send('POST /v1/agent/heartbeat', undefined, heartbeat)).status).toBe(413);
  });

  it('gzip is for reports alone', async () => {
    const bytes = gzipSync('{}');
    const answer = await agent.send('POST /v1/agent/heartbeat', undefined, { bytes, headers: packed });
    expect(answer).toMatchObject({ status: 415, body: { code: 'request.media_type' } });
  });
});

it('an agent reaches its own customer alone, whatever it says', async () => {
  const other = (await addCustomer(msp)).id;
  const probe = await addProbe(other, msp.catalog);
  const answers = await Promise.all(
    [{ customerId: other }, { probeId: probe.id }, { providerId: 'prv_x' }].map((more) =>
      agent.send(
        'POST /v1/agent/usage',
        { sequence: 9_999, counts: {}, ...more },
        { handler: agentHandler() },
      ),
    ),
  );
  for (const { status } of answers) expect(status).toBe(400);
});
