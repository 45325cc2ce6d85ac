import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { get } from '../../lib/aws/db.ts';
import { pulseKey } from '../../lib/kit/keys.ts';
import { addProbe, agentHandler, newAgent, newHost, type TestAgent } from '../kit/agent.ts';
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

const added = (to = customerId) => addProbe(to, msp.catalog);
const pulse = (probeId: string, of = customerId) => get(pulseKey(of, probeId), true);
const actions = async (probeId: string) => {
  const { body } = await call(`GET /v1/audit-events?limit=100&customerId=${customerId}&subject=${probeId}`, {
    as: msp.catalog,
  });
  return body.items.map(({ action }: { action: string }) => action);
};
const refused = ({ status, body }: Answer) => {
  const { requestId: _each, ...rest } = body;
  return JSON.stringify({ status, rest });
};

describe('an enrolment key', () => {
  it('lets 50 agents that redeem it at once in once', async () => {
    const { id, enrolmentKey } = await added();
    const agents = Array.from({ length: 50 }, () => newAgent());
    const answers = await Promise.all(agents.map((agent) => agent.enrol(enrolmentKey)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(new Set(answers.filter(({ status }) => status !== 200).map(refused)).size).toBe(1);
    const winner = agents.find(({ certificate }) => certificate !== '') as TestAgent;
    expect(await pulse(id)).toMatchObject({ generation: 1, state: 'UP', publicKey: winner.publicKey });
    expect((await winner.heartbeat()).status).toBe(200);
    expect((await actions(id)).filter((one: string) => one === 'probes.enrol')).toHaveLength(1);
  });

  it('may be redeemed again by the same agent when no answer came: the same certificate, nothing new', async () => {
    const { id, enrolmentKey } = await added();
    const agent = newAgent();
    const answers = await Promise.all(Array.from({ length: 10 }, () => agent.enrol(enrolmentKey)));
    for (const answer of answers) expect(answer).toMatchObject({ status: 200, body: answers[0]?.body });
    expect(await pulse(id)).toMatchObject({ generation: 1, refusals: 0 });
    expect((await agent.heartbeat()).status).toBe(200);
    expect((await agent.enrol(enrolmentKey)).body).toEqual(answers[0]?.body);
    expect(await agent.heartbeat({ count: 1 })).toMatchObject({ body: { code: 'agent.replayed' } });
  });

  it('has one answer whether expired, used, foreign, guessed, of no probe or malformed', async () => {
    const [used, foreign] = [await added(), await added()];
    await newAgent().enrol(used.enrolmentKey);
    vi.useFakeTimers({ now: Date.now() - 24 * 3600_000 - 1000, toFake: ['Date'] });
    const expired = await added();
    vi.useRealTimers();
    const [, , , secret] = foreign.enrolmentKey.split('.');
    const none = `prb_${'0'.repeat(26)}`;
    const keys = [
      expired.enrolmentKey,
      used.enrolmentKey,
      `qek.${(await addCustomer(msp)).id}.${foreign.id}.${secret}`,
      `qek.${customerId}.${expired.id}.${secret}`,
      `qek.${customerId}.${foreign.id}.${'A'.repeat(43)}`,
      `qek.${customerId}.${none}.${secret}`,
      foreign.enrolmentKey.slice(0, -1),
      `${foreign.enrolmentKey}x`,
      foreign.enrolmentKey.toLowerCase(),
      foreign.enrolmentKey.replace('qek', 'QEK'),
      `${foreign.enrolmentKey} `,
      'T#x\u0000',
      '../../..',
    ];
    const answers = await Promise.all(keys.map((key) => newAgent().enrol(key)));
    for (const { status } of answers) expect(status).toBe(401);
    expect(new Set(answers.map(refused)).size).toBe(1);
    expect((await newAgent().enrol(foreign.enrolmentKey)).status).toBe(200);
  });

  it('is refused until the last moment and no longer taken after it', async () => {
    vi.useFakeTimers({ now: new Date('2027-07-01T00:00:00.000Z'), toFake: ['Date'] });
    const [first, second] = [await added(), await added()];
    vi.setSystemTime(new Date('2027-07-01T23:59:59.000Z'));
    expect((await newAgent().enrol(first.enrolmentKey)).status).toBe(200);
    vi.setSystemTime(new Date('2027-07-02T00:00:00.000Z'));
    expect((await newAgent().enrol(second.enrolmentKey)).status).toBe(401);
  });

  it('is void after five refusals, which is told once, however many more come at once', async () => {
    const { id, enrolmentKey } = await added();
    const guess = `${enrolmentKey.slice(0, -43)}${'A'.repeat(43)}`;
    for (let times = 0; times < 4; times++) await newAgent().enrol(guess);
    expect(await pulse(id)).toMatchObject({ refusals: 4, enrolment: expect.any(String) });
    await Promise.all(Array.from({ length: 20 }, () => newAgent().enrol(guess)));
    expect(await pulse(id)).toMatchObject({ refusals: 5 });
    expect(await pulse(id)).not.toHaveProperty('enrolment');
    expect((await newAgent().enrol(enrolmentKey)).status).toBe(401);
    expect((await actions(id)).filter((one: string) => one === 'probes.void_key')).toHaveLength(1);
    const path = `/v1/customers/${customerId}/probes/${id}`;
    const { body } = await call(`POST ${path}/enrolment-key`, { as: msp.catalog });
    expect((await newAgent().enrol(body.enrolmentKey)).status).toBe(200);
  });

  it('that was redeemed or revoked cannot be guessed: nothing is counted, nor told as a void key', async () => {
    const [used, revoked] = [await added(), await added()];
    await newAgent().enrol(used.enrolmentKey);
    const path = `/v1/customers/${customerId}/probes/${revoked.id}`;
    await call(`POST ${path}/revocation`, { as: msp.catalog, body: {} });
    for (const { id, enrolmentKey } of [used, revoked]) {
      for (let times = 0; times < 6; times++) expect((await newAgent().enrol(enrolmentKey)).status).toBe(401);
      expect(await pulse(id)).toMatchObject({ refusals: 0 });
      expect(await actions(id)).not.toContain('probes.void_key');
    }
  });

  it('is not used up where the customer rejects agents', async () => {
    const own = (await addCustomer(msp)).id;
    const set = (mode: string) =>
      call(`PUT /v1/customers/${own}/probe-approval`, {
        as: msp.catalog,
        headers: { 'if-match': '*' },
        body: { mode },
      });
    await set('REJECT');
    const { id, enrolmentKey } = await added(own);
    for (let times = 0; times < 6; times++) expect((await newAgent().enrol(enrolmentKey)).status).toBe(401);
    expect(await pulse(id, own)).toMatchObject({ state: 'CREATED', refusals: 0 });
    await set('AUTOMATIC');
    expect((await newAgent().enrol(enrolmentKey)).status).toBe(200);
  });
});

describe('how a customer lets agents in', () => {
  it.each(['never set', 'set before'])('counts as it is when the agent is let in (%s)', async (before) => {
    const own = (await addCustomer(msp)).id;
    const set = (mode: string) =>
      call(`PUT /v1/customers/${own}/probe-approval`, {
        as: msp.catalog,
        headers: { 'if-match': '*' },
        body: { mode },
      });
    if (before === 'set before') await set('AUTOMATIC');
    const [first, second] = [await added(own), await added(own)];
    meanwhile('TransactWriteItems', () => set('REJECT'));
    expect((await newAgent().enrol(first.enrolmentKey)).status).toBe(401);
    expect(await pulse(first.id, own)).toMatchObject({ state: 'CREATED', refusals: 0 });
    await set('AUTOMATIC');
    meanwhile('TransactWriteItems', () => set('MANUAL'));
    expect((await newAgent().enrol(second.enrolmentKey)).body.state).toBe('PENDING');
  });
});

describe('enrolling', () => {
  it('is signed by the key pair that it registers, with count 0', async () => {
    const { id, enrolmentKey } = await added();
    const [agent, other] = [newAgent(), newAgent()];
    const line = 'POST /v1/agent/enrol';
    const body = { enrolmentKey, publicKey: other.publicKey };
    expect(await agent.send(line, body, { count: 0 })).toMatchObject({ status: 401 });
    expect(await agent.enrol(enrolmentKey, { count: 1 })).toMatchObject({ status: 401 });
    expect(await agent.enrol(enrolmentKey, { headers: { 'quartermaster-host': newHost() } })).toMatchObject({
      status: 401,
    });
    expect(await pulse(id)).toMatchObject({ refusals: 0, state: 'CREATED' });
    expect((await agent.enrol(enrolmentKey)).status).toBe(200);
  });

  it('names what is wrong with a public key', async () => {
    const agent = newAgent();
    for (const publicKey of ['', 'x', `${agent.publicKey}=`, `${agent.publicKey.slice(0, -1)}B`, 5, null])
      expect(
        await agent.send('POST /v1/agent/enrol', { enrolmentKey: 'qek', publicKey }, { count: 0 }),
      ).toMatchObject({
        status: 400,
        body: { errors: [{ pointer: '#/publicKey' }] },
      });
  });

  it('anew ends the key pair before; what was reported stays, and numbers begin again', async () => {
    const { id, enrolmentKey } = await added();
    const before = newAgent();
    await before.enrol(enrolmentKey);
    await before.send('POST /v1/agent/usage', { sequence: 4, counts: { DEVICE: 2 } });
    const path = `/v1/customers/${customerId}/probes/${id}`;
    await call(`POST ${path}/revocation`, { as: msp.catalog, body: {} });
    const { body } = await call(`POST ${path}/enrolment-key`, { as: msp.catalog });
    const after = newAgent();
    await after.enrol(body.enrolmentKey);
    expect((await after.heartbeat()).body).toMatchObject({ usageSequence: 0, inventorySequence: 0 });
    expect(await before.heartbeat()).toMatchObject({ status: 401, body: { code: 'agent.revoked' } });
    expect(await pulse(id)).toMatchObject({ generation: 2, counts: { DEVICE: 2 } });
  });
});

describe('pace', () => {
  it('is 30 calls at once and one a second for each probe; a refused call reads and writes nothing', async () => {
    vi.useFakeTimers({ now: new Date('2027-08-01T00:00:00.000Z'), toFake: ['Date'] });
    const handler = agentHandler();
    const [agent, other] = [newAgent(), newAgent()];
    for (const one of [agent, other]) await one.enrol((await added()).enrolmentKey, { handler });
    for (let times = 0; times < 30; times++) expect((await agent.heartbeat({ handler })).status).toBe(200);
    const over = await agent.heartbeat({ handler });
    expect(over).toMatchObject({ status: 429, body: { code: 'agent.too_many_calls', retryAfterSeconds: 1 } });
    expect(over.headers['retry-after']).toBe('1');
    expect(await pulse(agent.probeId)).toMatchObject({ count: 30 });
    expect((await other.heartbeat({ handler })).status).toBe(200);
    vi.setSystemTime(new Date('2027-08-01T00:00:02.000Z'));
    const answers = [
      await agent.heartbeat({ handler }),
      await agent.heartbeat({ handler }),
      await agent.heartbeat({ handler }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 429]);
  });

  it('of enrolments is by the address that they come from, and calls with a wrong signature use nobody’s', async () => {
    vi.useFakeTimers({ now: new Date('2027-08-01T00:00:00.000Z'), toFake: ['Date'] });
    const handler = agentHandler();
    const { enrolmentKey } = await added();
    for (let times = 0; times < 30; times++)
      await newAgent().enrol('qek.guess', { handler, from: '192.0.2.7' });
    expect((await newAgent().enrol(enrolmentKey, { handler, from: '192.0.2.7' })).status).toBe(429);
    const agent = newAgent();
    expect((await agent.enrol(enrolmentKey, { handler, from: '192.0.2.8' })).status).toBe(200);
    const thief = newAgent({ certificate: agent.certificate });
    for (let times = 0; times < 40; times++) expect((await thief.heartbeat({ handler })).status).toBe(401);
    expect((await agent.heartbeat({ handler })).status).toBe(200);
  });
});
