import { randomBytes, randomUUID } from 'node:crypto';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { contexts } from '../../functions/contexts.ts';
import { agentRoutes } from '../../functions/probes/agent-routes.ts';
import { agentKey } from '../../lib/aws/agent.ts';
import { commit, get } from '../../lib/aws/db.ts';
import { certify, readCertificate } from '../../lib/kit/certificate.ts';
import { pulseKey } from '../../lib/kit/keys.ts';
import { goDown } from '../../lib/probes/lifecycle.ts';
import { toPulse } from '../../lib/probes/pulse.ts';
import { addProbe, deliver, enrolledAgent, newAgent, newHost, signed, type TestAgent } from '../kit/agent.ts';
import { measure } from '../kit/cost.ts';
import { announcedBy } from '../kit/deliver.ts';
import { meanwhile } from '../kit/faults.ts';
import { type Answer, addCustomer, call, type Msp, makeMsp } from '../kit/world.ts';

let msp: Msp;
let customerId = '';
beforeAll(async () => {
  msp = await makeMsp();
  customerId = (await addCustomer(msp)).id;
});
afterEach(() => {
  vi.useRealTimers();
});

const enrolled = () => enrolledAgent(customerId, msp.catalog);
const pulse = (agent: TestAgent) => get(pulseKey(agent.customerId, agent.probeId), true);
const beat = 'POST /v1/agent/heartbeat';
const nothing = Buffer.from('{}');
const pathOf = (agent: TestAgent) => `/v1/customers/${agent.customerId}/probes/${agent.probeId}`;

/** The one answer to whoever proves nothing: nothing in it tells one reason from another. */
function isConstant(answer: Answer): void {
  const { requestId: _each, ...body } = answer.body;
  expect({ status: answer.status, body }).toEqual({
    status: 401,
    body: {
      type: '/docs/problems#agent.unauthenticated',
      title: 'A valid certificate and signature, or a valid enrolment key or token, is required',
      detail: 'A valid certificate and signature, or a valid enrolment key or token, is required',
      status: 401,
      code: 'agent.unauthenticated',
    },
  });
  expect(answer.headers['www-authenticate']).toBe('Probe');
}

describe('headers', () => {
  const broken: [string, (good: Record<string, string>) => Record<string, string | undefined>][] = [
    ['no certificate', () => ({ authorization: undefined })],
    ['no proof', () => ({ 'quartermaster-proof': undefined })],
    ['no host', () => ({ 'quartermaster-host': undefined })],
    ['another scheme', (good) => ({ authorization: good.authorization?.replace('Probe', 'Bearer') })],
    ['a scheme in lower case', (good) => ({ authorization: good.authorization?.replace('Probe', 'probe') })],
    ['two certificates', (good) => ({ authorization: `${good.authorization},${good.authorization}` })],
    ['half a certificate', (good) => ({ authorization: good.authorization?.split('.')[0] })],
    ['a certificate of three parts', (good) => ({ authorization: `${good.authorization}.x` })],
    ['a certificate with spare bits', (good) => ({ authorization: `${good.authorization}=` })],
    ['a huge certificate', () => ({ authorization: `Probe ${'A'.repeat(9000)}.${'A'.repeat(43)}` })],
    ['a short host', () => ({ 'quartermaster-host': 'short' })],
    ['a host of 65 characters', () => ({ 'quartermaster-host': 'h'.repeat(65) })],
    ['a host with a line feed', (good) => ({ 'quartermaster-host': `${good['quartermaster-host']}\nx` })],
    ['another host than signed', () => ({ 'quartermaster-host': newHost() })],
    ['no count', (good) => ({ 'quartermaster-proof': good['quartermaster-proof']?.replace(/^\d+/, '') })],
    ['count 0', (good) => ({ 'quartermaster-proof': good['quartermaster-proof']?.replace(/^\d+/, '0') })],
    ['a count with a zero before', (good) => ({ 'quartermaster-proof': `0${good['quartermaster-proof']}` })],
    ['a negative count', (good) => ({ 'quartermaster-proof': `-${good['quartermaster-proof']}` })],
    ['another count than signed', (good) => ({ 'quartermaster-proof': `9${good['quartermaster-proof']}` })],
    [
      'a count beyond 2^53',
      (good) => ({ 'quartermaster-proof': good['quartermaster-proof']?.replace(/^\d+/, '9007199254740993') }),
    ],
    [
      'a signature cut short',
      (good) => ({ 'quartermaster-proof': good['quartermaster-proof']?.slice(0, -1) }),
    ],
    [
      'two proofs',
      (good) => ({ 'quartermaster-proof': `${good['quartermaster-proof']},${good['quartermaster-proof']}` }),
    ],
  ];

  it.each(broken)('%s: the constant answer, and nothing is heard', async (_, bend) => {
    const agent = await enrolled();
    const good = signed(agent, beat, nothing, 5);
    isConstant(await deliver(beat, { ...good, ...bend(good) }, nothing));
    expect(await pulse(agent)).toMatchObject({ count: 0 });
    expect((await deliver(beat, good, nothing)).status).toBe(200);
  });

  it('bind path, method and body', async () => {
    const agent = await enrolled();
    const headers = signed(agent, beat, nothing, 1);
    isConstant(await deliver(beat, headers, Buffer.from('{ }')));
    isConstant(await deliver('POST /v1/agent/usage', headers, nothing));
    isConstant(await deliver('GET /v1/agent/configuration', headers, nothing));
    expect((await deliver(beat, headers, nothing)).status).toBe(200);
  });

  it('take no query', async () => {
    const agent = await enrolled();
    expect(await agent.heartbeat({ query: 'probeId=prb_other' })).toMatchObject({
      status: 400,
      body: { code: 'request.malformed', errors: [{ pointer: '#/query' }] },
    });
  });
});

describe('certificates', () => {
  const claimsOf = async (agent: TestAgent) => {
    const found = readCertificate(agent.certificate, await agentKey());
    if (!found) throw new Error('Ours is not ours');
    return found;
  };

  it('of another stage, made with another key, are none', async () => {
    const agent = await enrolled();
    const forged = certify(await claimsOf(agent), randomBytes(32));
    isConstant(await newAgent({ ...agent, certificate: forged }).heartbeat());
  });

  it('name customer, generation and public key: none can be changed', async () => {
    const [agent, other] = [await enrolled(), await enrolled()];
    const [, mac] = agent.certificate.split('.');
    const claims = JSON.parse(Buffer.from(agent.certificate.split('.')[0] ?? '', 'base64url').toString());
    for (const change of [
      { customer: (await addCustomer(msp)).id },
      { probe: other.probeId },
      { generation: 2 },
      { key: other.publicKey },
      { provider: 'prv_00000000000000000000000000' },
    ]) {
      const text = Buffer.from(JSON.stringify({ ...claims, ...change })).toString('base64url');
      isConstant(await newAgent({ ...agent, certificate: `${text}.${mac}` }).heartbeat());
    }
  });

  it('made for another key pair, as by whoever has the key that makes them, open nothing', async () => {
    const agent = await enrolled();
    const thief = newAgent({ host: agent.host, count: 50 });
    const claims = await claimsOf(agent);
    const forge = async (more: object) =>
      certify({ ...claims, ...more, publicKey: thief.publicKey }, await agentKey());
    thief.certificate = await forge({});
    const refused = { status: 401, body: { code: 'agent.revoked' } };
    expect(await thief.heartbeat()).toMatchObject(refused);
    const next = newAgent({ host: agent.host });
    await agent.send('POST /v1/agent/rotation', { publicKey: next.publicKey });
    for (const generation of [1, 2]) {
      thief.certificate = await forge({ generation });
      expect(await thief.heartbeat()).toMatchObject(refused);
      expect(await thief.send('POST /v1/agent/rotation', { publicKey: thief.publicKey })).toMatchObject(
        refused,
      );
    }
    expect((await agent.heartbeat()).status).toBe(200);
    expect(await pulse(agent)).toMatchObject({ generation: 2, publicKey: next.publicKey });
  });

  it('with any bit flipped, or a signature with any bit flipped, prove nothing', async () => {
    const agent = await enrolled();
    const good = signed(agent, beat, nothing, 3);
    const [count, signature = ''] = (good['quartermaster-proof'] ?? '').split('.');
    const flipped = (text: string, bit: number) => {
      const bytes = Buffer.from(text, 'base64url');
      const at = bit % (bytes.length * 8);
      bytes[at >> 3] = (bytes[at >> 3] ?? 0) ^ (1 << (at & 7));
      return bytes.toString('base64url');
    };
    const [claims = '', mac = ''] = agent.certificate.split('.');
    for (let bit = 0; bit < 512; bit += 5) {
      isConstant(
        await deliver(
          beat,
          { ...good, 'quartermaster-proof': `${count}.${flipped(signature, bit)}` },
          nothing,
        ),
      );
      isConstant(
        await deliver(beat, { ...good, authorization: `Probe ${claims}.${flipped(mac, bit)}` }, nothing),
      );
      isConstant(
        await deliver(beat, { ...good, authorization: `Probe ${flipped(claims, bit * 3)}.${mac}` }, nothing),
      );
    }
    expect(await pulse(agent)).toMatchObject({ count: 0 });
  });

  it('without the private key are worth nothing', async () => {
    const agent = await enrolled();
    const thief = newAgent({ certificate: agent.certificate, host: agent.host, count: 10 });
    isConstant(await thief.heartbeat());
  });
});

describe('counts', () => {
  it('go up: what was heard, or comes after what was sent later, changes nothing', async () => {
    const agent = await enrolled();
    const late = signed(agent, beat, nothing, 2);
    expect((await agent.heartbeat({ count: 3 })).status).toBe(200);
    const before = await pulse(agent);
    expect(await deliver(beat, late, nothing)).toMatchObject({
      status: 401,
      body: { code: 'agent.replayed', count: 3 },
    });
    expect(await agent.heartbeat({ count: 3 })).toMatchObject({
      status: 401,
      body: { code: 'agent.replayed' },
    });
    expect(await pulse(agent)).toMatchObject({ count: 3, seenAt: before?.seenAt });
  });

  it('of which two are sent at once count once each', async () => {
    const agent = await enrolled();
    const headers = signed(agent, beat, nothing, 1);
    const answers = await Promise.all(Array.from({ length: 20 }, () => deliver(beat, headers, nothing)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
  });
});

describe('a copied credential', () => {
  const events = async (agent: TestAgent, action: string) => {
    const { body } = await call(`GET /v1/audit-events?limit=100&action=${action}`, { as: msp.catalog });
    return body.items.filter(({ subject }: { subject: string }) => subject === agent.probeId);
  };

  it('on a second host is refused and flags the probe, once; the first host goes on', async () => {
    const agent = await enrolled();
    const copy = newAgent({ ...agent, host: newHost(), count: 50 });
    for (let times = 0; times < 5; times++)
      expect(await copy.heartbeat()).toMatchObject({ status: 401, body: { code: 'agent.cloned' } });
    expect(await pulse(agent)).toMatchObject({ clonedAt: expect.any(String), count: 0 });
    expect((await agent.heartbeat()).status).toBe(200);
    expect(await events(agent, 'probes.flag_clone')).toHaveLength(1);
  });

  it('with the same host is flagged by three counts that go back within an hour; who holds it is not shut out', async () => {
    vi.useFakeTimers({ now: new Date('2027-06-01T00:00:00.000Z'), toFake: ['Date'] });
    const agent = await enrolled();
    await agent.heartbeat({ count: 100 });
    const copy = newAgent({ ...agent, count: 0 });
    expect(await copy.heartbeat()).toMatchObject({
      status: 401,
      body: { code: 'agent.replayed', count: 100 },
    });
    await copy.heartbeat();
    vi.setSystemTime(new Date('2027-06-01T02:00:00.000Z'));
    await copy.heartbeat();
    await copy.heartbeat();
    expect(await pulse(agent)).not.toHaveProperty('clonedAt');
    await copy.heartbeat();
    expect(await pulse(agent)).toMatchObject({ clonedAt: '2027-06-01T02:00:00.000Z' });
    expect((await agent.heartbeat({ count: 101 })).status).toBe(200);
  });
});

describe('a probe that is flagged falsely', () => {
  it('is approved: the flag is gone, and set and told again by the next sign', async () => {
    const agent = await enrolled();
    await agent.heartbeat({ count: 100 });
    const late = async () => {
      for (const count of [5, 6, 7]) await agent.heartbeat({ count });
    };
    const approve = () =>
      call(`POST ${pathOf(agent)}/approval`, {
        as: msp.catalog,
        body: { decision: 'APPROVE', reason: 'Late packets' },
      });
    expect(await approve()).toMatchObject({ status: 409, body: { code: 'probes.wrong_state' } });
    await late();
    expect(await pulse(agent)).toMatchObject({ clonedAt: expect.any(String) });
    expect(await approve()).toMatchObject({ status: 200, body: { state: 'UP', clonedAt: null } });
    expect(await pulse(agent)).toMatchObject({ strays: 0 });
    expect((await agent.heartbeat({ count: 101 })).status).toBe(200);
    await late();
    expect(await pulse(agent)).toMatchObject({ clonedAt: expect.any(String) });
    const told = (await announcedBy(customerId)).filter(({ subject }) => subject === agent.probeId);
    expect(told.filter(({ type }) => type === 'probes.cloned.v1')).toHaveLength(2);
  });
});

describe('a copied key pair that was rotated', () => {
  const flags = async ({ probeId }: TestAgent) =>
    (await announcedBy(customerId)).filter(
      ({ type, subject }) => type === 'probes.cloned.v1' && subject === probeId,
    );
  /** Somebody on the same host goes on with a new pair: whose agent it was before is out. */
  async function rotated(agent: TestAgent): Promise<TestAgent> {
    const next = newAgent({ host: agent.host });
    const { body } = await agent.send('POST /v1/agent/rotation', { publicKey: next.publicKey });
    [next.certificate, next.count] = [body.certificate, agent.count];
    return next;
  }

  it('is told, once, as soon as who was replaced calls, and costs nothing after that', async () => {
    const agent = await enrolled();
    const copy = newAgent({ ...agent });
    const thief = await rotated(copy);
    expect((await agent.heartbeat({ count: 7 })).status).toBe(200);
    expect((await thief.heartbeat({ count: 50 })).status).toBe(200);
    const out = { status: 401, body: { code: 'agent.revoked' } };
    expect(await agent.heartbeat({ count: 8 })).toMatchObject(out);
    expect(await pulse(agent)).toMatchObject({ clonedAt: expect.any(String), count: 50 });
    const { result, cost } = await measure(() => agent.heartbeat({ count: 51 }));
    expect(result).toMatchObject(out);
    expect(cost).toMatchObject({ read: 0, roundTrips: 1 });
    const [told, ...more] = await flags(agent);
    expect([told?.data, more]).toEqual([{ why: 'SUPERSEDED' }, []]);
    const elsewhere = newAgent({ ...thief, host: newHost(), count: 60 });
    expect((await measure(() => elsewhere.heartbeat())).cost).toMatchObject({ read: 0, roundTrips: 1 });
  });

  it('is no sign where an enrolment came between, nor where the new one was never used', async () => {
    vi.useFakeTimers({ now: new Date('2027-06-01T00:00:00.000Z'), toFake: ['Date'] });
    const [agent, slow] = [await enrolled(), await enrolled()];
    await rotated(slow);
    vi.setSystemTime(new Date('2027-06-02T00:00:01.000Z'));
    expect(await slow.heartbeat()).toMatchObject({ body: { code: 'agent.revoked' } });
    expect(await pulse(slow)).not.toHaveProperty('clonedAt');
    await call(`POST ${pathOf(agent)}/revocation`, { as: msp.catalog, body: {} });
    const { body } = await call(`POST ${pathOf(agent)}/enrolment-key`, { as: msp.catalog });
    expect((await newAgent({ host: agent.host }).enrol(body.enrolmentKey)).status).toBe(200);
    expect(await agent.heartbeat()).toMatchObject({ body: { code: 'agent.revoked' } });
    expect(await pulse(agent)).not.toHaveProperty('clonedAt');
  });
});

describe('an agent that is out', () => {
  it('is refused at the next call after it was revoked', async () => {
    const agent = await enrolled();
    expect((await agent.heartbeat()).status).toBe(200);
    expect(
      (await call(`POST ${pathOf(agent)}/revocation`, { as: msp.catalog, body: {} })).status,
    ).toBeLessThan(300);
    for (const route of agentRoutes.filter(({ permission }) => permission === 'agent'))
      expect(
        await agent.send(
          `${route.method} ${route.path.replace(/\{\w+\}/, 'cmd_00000000000000000000000000')}`,
          sampleOf(route.id),
        ),
      ).toMatchObject({
        status: 401,
        body: { code: 'agent.revoked' },
      });
  });

  it('waits where its customer approves agents by hand, and is told for how long', async () => {
    const own = (await addCustomer(msp)).id;
    await call(`PUT /v1/customers/${own}/probe-approval`, {
      as: msp.catalog,
      headers: { 'if-match': '*' },
      body: { mode: 'MANUAL' },
    });
    const agent = newAgent();
    const { enrolmentKey } = await addProbe(own, msp.catalog);
    expect(await agent.enrol(enrolmentKey)).toMatchObject({ status: 200, body: { state: 'PENDING' } });
    const waiting = await agent.heartbeat();
    expect(waiting).toMatchObject({ status: 403, body: { code: 'agent.awaiting_approval' } });
    expect(waiting.headers['retry-after']).toBe('60');
  });
});

describe('what a call leads to after it was checked', () => {
  const anew = async (agent: TestAgent) => {
    await call(`POST ${pathOf(agent)}/revocation`, { as: msp.catalog, body: {} });
    const { body } = await call(`POST ${pathOf(agent)}/enrolment-key`, { as: msp.catalog });
    expect((await newAgent({ host: agent.host }).enrol(body.enrolmentKey)).status).toBe(200);
  };
  const silence = async (agent: TestAgent) => {
    const before = toPulse((await pulse(agent)) ?? {}, customerId);
    await commit(goDown(before, { told: true }).writes, randomUUID(), Date.now() + 5000);
  };

  it('is not held against the agent that has enrolled meanwhile: neither a copy nor a stray call', async () => {
    const agent = await enrolled();
    const copy = newAgent({ ...agent, host: newHost(), count: 9 });
    meanwhile('BatchGetItem', () => anew(agent));
    expect((await copy.heartbeat()).status).toBe(401);
    expect(await pulse(agent)).not.toHaveProperty('clonedAt');

    const other = await enrolled();
    await other.heartbeat({ count: 100 });
    meanwhile('UpdateItem', async () => meanwhile('UpdateItem', () => anew(other)));
    expect((await other.heartbeat({ count: 5 })).status).toBe(401);
    expect(await pulse(other)).toMatchObject({ generation: 2, strays: 0 });
  });

  it('does not bring a probe back whose agent is another one by now', async () => {
    const agent = await enrolled();
    await silence(agent);
    meanwhile('BatchGetItem', async () => {
      await anew(agent);
      await silence(agent);
    });
    expect(await agent.heartbeat()).toMatchObject({ status: 401, body: { code: 'agent.revoked' } });
    expect(await pulse(agent)).toMatchObject({ state: 'DOWN', generation: 2 });
  });

  it('takes no command off once its agent is out', async () => {
    const agent = await enrolled();
    const { body } = await call(`POST ${pathOf(agent)}/commands`, {
      as: msp.catalog,
      body: { kind: 'SCAN' },
    });
    meanwhile('BatchGetItem', () => call(`POST ${pathOf(agent)}/revocation`, { as: msp.catalog, body: {} }));
    const line = `POST /v1/agent/commands/${body.id}/acknowledgement`;
    expect(await agent.send(line, { result: 'DONE' })).toMatchObject({ body: { code: 'agent.revoked' } });
    expect(await pulse(agent)).toMatchObject({ state: 'REVOKED', commands: [{ id: body.id }] });
  });
});

const samples: Record<string, unknown> = {
  agentHeartbeat: {},
  reportUsage: { sequence: 1, counts: {} },
  reportInventory: { sequence: 1, items: [{ type: 'DEVICE', externalId: 'a', name: 'A' }] },
  rotateKeyPair: { publicKey: newAgent().publicKey },
  acknowledgeCommand: { result: 'DONE' },
};
const sampleOf = (id: string) => samples[id];

describe('two worlds', () => {
  it('a token of a person opens no route of agents, though all else of the call is right', async () => {
    const agent = await enrolled();
    let count = 0;
    for (const route of agentRoutes) {
      const line = `${route.method} ${route.path.replace(/\{\w+\}/, 'cmd_00000000000000000000000000')}`;
      const guess = {
        enrolmentKey: (await addProbe(customerId, msp.catalog)).enrolmentKey.replace(
          /.{43}$/,
          'A'.repeat(43),
        ),
        publicKey: agent.publicKey,
      };
      const open = route.permission === 'open';
      const body = open ? guess : sampleOf(route.id);
      const bytes = Buffer.from(body === undefined ? '' : JSON.stringify(body));
      const good = signed(agent, line, bytes, open ? 0 : ++count);
      for (const token of ['Bearer eyJhbGciOiJSUzI1NiJ9.e30.c2ln', `Bearer ${agent.certificate}`])
        isConstant(await deliver(line, { ...good, authorization: token }, bytes));
      if (open) continue;
      expect((await pulse(agent))?.count).toBe(count - 1);
      // The certificate alone made the difference.
      expect((await deliver(line, good, bytes)).status, route.id).toBeLessThan(300);
    }
  });

  it('a certificate opens no route of people', async () => {
    const agent = await enrolled();
    const routes = contexts
      .flatMap((context) => context.routes)
      .filter(({ permission }) => permission !== 'public');
    for (const { method, path } of routes) {
      const line = `${method} ${path.replace(/\{(\w+)\}/g, (_, name) => (name === 'customerId' ? customerId : agent.probeId))}`;
      const answer = await call(line, { headers: signed(agent, line, Buffer.alloc(0), 1) }).catch(
        (error: Error) => error,
      );
      if (answer instanceof Error) throw new Error(`${line}: ${answer.message}`);
      expect(answer.status, line).toBe(401);
      expect(answer.body.code).toBe('request.unauthenticated');
    }
  });
});
