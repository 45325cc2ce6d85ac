import { afterEach, beforeAll, expect, it, vi } from 'vitest';
import { get } from '../../lib/aws/db.ts';
import { observedKey, pulseKey } from '../../lib/kit/keys.ts';
import { enrolledAgent, newAgent, type TestAgent } from '../kit/agent.ts';
import { addCustomer, call, type Msp, makeMsp } from '../kit/world.ts';

let msp: Msp;
let customerId = '';
beforeAll(async () => {
  msp = await makeMsp();
  customerId = (await addCustomer(msp)).id;
});
afterEach(() => {
  vi.useRealTimers();
});

const pulse = (agent: TestAgent) => get(pulseKey(agent.customerId, agent.probeId), true);
const usage = (agent: TestAgent, sequence: number, counts: Record<string, number>) =>
  agent.send('POST /v1/agent/usage', { sequence, counts });
const setClock = (at: string) => vi.useFakeTimers({ now: new Date(at), toFake: ['Date'] });

it('counts totals, whatever comes late, twice or in another order', async () => {
  const agent = await enrolledAgent(customerId, msp.catalog);
  expect((await usage(agent, 1, { DEVICE: 3 })).body).toEqual({ accepted: true, sequence: 1 });
  expect((await usage(agent, 2, { DEVICE: 5, INTERFACE: 2 })).body).toEqual({ accepted: true, sequence: 2 });
  expect((await usage(agent, 2, { DEVICE: 9 })).body).toEqual({ accepted: false, sequence: 2 });
  expect((await usage(agent, 1, { DEVICE: 9 })).body).toEqual({ accepted: false, sequence: 2 });
  expect((await usage(agent, 40, {})).body).toEqual({ accepted: true, sequence: 40 });
  expect(await pulse(agent)).toMatchObject({ usage: 40, counts: {}, count: 5 });
  expect((await agent.heartbeat()).body).toMatchObject({ usageSequence: 40 });
});

it('takes no number so far ahead that none is left for reports to come; a new agent numbers from 1', async () => {
  const agent = await enrolledAgent(customerId, msp.catalog);
  const refused = { status: 422, body: { code: 'agent.sequence_too_far' } };
  expect(await usage(agent, 1_000_001, { DEVICE: 1 })).toMatchObject(refused);
  expect((await usage(agent, 1_000_000, { DEVICE: 1 })).body).toMatchObject({ accepted: true });
  expect(await usage(agent, 1_000_000_000_000, { DEVICE: 2 })).toMatchObject(refused);
  expect(await pulse(agent)).toMatchObject({ usage: 1_000_000, counts: { DEVICE: 1 }, count: 3 });
  const path = `/v1/customers/${customerId}/probes/${agent.probeId}`;
  await call(`POST ${path}/revocation`, { as: msp.catalog, body: {} });
  const { body } = await call(`POST ${path}/enrolment-key`, { as: msp.catalog });
  await agent.enrol(body.enrolmentKey);
  expect((await usage(agent, 1, { DEVICE: 3 })).body).toEqual({ accepted: true, sequence: 1 });
});

it.each([
  [{ sequence: 1, counts: { DEVICE: -1 } }, '#/counts/DEVICE'],
  [{ sequence: 1, counts: { DEVICE: 1_000_001 } }, '#/counts/DEVICE'],
  [{ sequence: 1, counts: { DEVICE: 1.5 } }, '#/counts/DEVICE'],
  [{ sequence: 1, counts: { TOASTER: 1 } }, '#/counts'],
  [{ sequence: 0, counts: {} }, '#/sequence'],
  [{ sequence: 2e12, counts: {} }, '#/sequence'],
  [{ sequence: 1, counts: {}, customerId: 'cus_other' }, '#/customerId'],
])('refuses absurd numbers and foreign fields: %j', async (body, pointer) => {
  const agent = await enrolledAgent(customerId, msp.catalog);
  const answer = await agent.send('POST /v1/agent/usage', body);
  expect(answer).toMatchObject({ status: 400, body: { code: 'request.malformed' } });
  expect(answer.body.errors.map((one: { pointer: string }) => one.pointer).join(' ')).toContain(pointer);
  expect(await pulse(agent)).toMatchObject({ usage: 0, counts: {} });
});

it('keeps what a day came to when the next one begins, once, and days never go back', async () => {
  const agent = await enrolledAgent(customerId, msp.catalog);
  setClock('2027-03-01T22:00:00.000Z');
  await usage(agent, 1, { DEVICE: 1 });
  setClock('2027-03-01T23:59:00.000Z');
  await usage(agent, 2, { DEVICE: 7 });
  setClock('2027-03-02T00:00:30.000Z');
  expect((await usage(agent, 3, { DEVICE: 4 })).body).toEqual({ accepted: true, sequence: 3 });
  // Another instance's clock is behind.
  setClock('2027-03-01T23:59:59.000Z');
  expect((await usage(agent, 4, { DEVICE: 5 })).body).toEqual({ accepted: true, sequence: 4 });
  setClock('2027-03-02T00:02:00.000Z');
  await usage(agent, 5, { DEVICE: 6 });
  expect(await get(observedKey(customerId, '2027-03-01', agent.probeId), true)).toMatchObject({
    counts: { DEVICE: 7 },
    at: '2027-03-01T23:59:00.000Z',
  });
  expect(await get(observedKey(customerId, '2027-03-02', agent.probeId), true)).toBeUndefined();
  expect(await pulse(agent)).toMatchObject({ day: '2027-03-02', counts: { DEVICE: 6 }, usage: 5 });
});

it('answers what is set up, never older than its version', async () => {
  const agent = await enrolledAgent(customerId, msp.catalog);
  const before = await agent.send('GET /v1/agent/configuration');
  expect(before).toMatchObject({ status: 200, body: { configVersion: 1, proxy: null, intervalSeconds: 60 } });
  const path = `/v1/customers/${customerId}/probes/${agent.probeId}`;
  const { headers } = await call(`GET ${path}`, { as: msp.catalog });
  const proxy = { host: 'proxy.example.net', port: 3128, user: 'probe', secretRef: 'env:PROXY_PASSWORD' };
  await call(`PATCH ${path}`, {
    as: msp.catalog,
    headers: { 'if-match': headers.etag ?? '' },
    body: { proxy },
  });
  expect((await agent.heartbeat()).body.configVersion).toBe(2);
  const after = await agent.send('GET /v1/agent/configuration');
  expect(after.body).toMatchObject({ configVersion: 2, proxy });
});

it('tells a command until it is acknowledged, which may be said twice', async () => {
  const agent = await enrolledAgent(customerId, msp.catalog);
  const path = `/v1/customers/${customerId}/probes/${agent.probeId}`;
  const told = await call(`POST ${path}/commands`, { as: msp.catalog, body: { kind: 'SCAN' } });
  expect(told.status).toBeLessThan(300);
  const [command] = (await agent.heartbeat()).body.commands;
  expect(command).toMatchObject({ kind: 'SCAN' });
  const acknowledge = `POST /v1/agent/commands/${command.id}/acknowledgement`;
  // What an agent says in words would stand in the audit for good.
  const free = await agent.send(acknowledge, { result: 'FAILED', detail: 'asked ada@example.com' });
  expect(free).toMatchObject({ status: 400, body: { code: 'request.malformed' } });
  expect((await agent.send(acknowledge, { result: 'DONE' })).status).toBe(204);
  expect((await agent.send(acknowledge, { result: 'DONE' })).status).toBe(204);
  expect((await agent.heartbeat()).body.commands).toEqual([]);
  expect(
    (await agent.send('POST /v1/agent/commands/nonsense/acknowledgement', { result: 'DONE' })).status,
  ).toBe(400);
  const entries = await call(
    `GET /v1/audit-events?customerId=${customerId}&subject=${agent.probeId}&action=probes.acknowledge`,
    { as: msp.catalog },
  );
  expect(entries.body.items).toHaveLength(1);
});

it('rotates the key pair: both count until the new one is used, then only that', async () => {
  const agent = await enrolledAgent(customerId, msp.catalog);
  const next = newAgent({ host: agent.host });
  const rotated = await agent.send('POST /v1/agent/rotation', { publicKey: next.publicKey });
  expect(rotated.status).toBe(200);
  expect((await agent.heartbeat()).status).toBe(200);
  next.certificate = rotated.body.certificate;
  next.count = agent.count;
  expect((await next.heartbeat()).status).toBe(200);
  agent.count = next.count;
  expect(await agent.heartbeat()).toMatchObject({ status: 401, body: { code: 'agent.revoked' } });
  expect(await pulse(agent)).toMatchObject({ generation: 2 });
  expect(await pulse(agent)).not.toHaveProperty('previous');
});

it('answers a rotation that is asked for again with the same certificate', async () => {
  const agent = await enrolledAgent(customerId, msp.catalog);
  const next = newAgent();
  const ask = () => agent.send('POST /v1/agent/rotation', { publicKey: next.publicKey });
  const [first, again] = [await ask(), await ask()];
  expect([first.status, again.status]).toEqual([200, 200]);
  expect(again.body).toEqual(first.body);
});

it('rotates again where no answer came; the pair that was never used is out, the old one lasts 24 hours in all', async () => {
  setClock('2027-05-01T00:00:00.000Z');
  const agent = await enrolledAgent(customerId, msp.catalog);
  const lost = newAgent({ host: agent.host });
  const unheard = await agent.send('POST /v1/agent/rotation', { publicKey: lost.publicKey });
  setClock('2027-05-01T12:00:00.000Z');
  const next = newAgent({ host: agent.host });
  const heard = await agent.send('POST /v1/agent/rotation', { publicKey: next.publicKey });
  lost.certificate = unheard.body.certificate;
  lost.count = agent.count;
  expect(await lost.heartbeat()).toMatchObject({ status: 401, body: { code: 'agent.revoked' } });
  setClock('2027-05-01T23:59:59.000Z');
  expect((await agent.heartbeat()).status).toBe(200);
  setClock('2027-05-02T00:00:00.000Z');
  expect(await agent.heartbeat()).toMatchObject({ status: 401, body: { code: 'agent.revoked' } });
  next.certificate = heard.body.certificate;
  next.count = agent.count;
  expect((await next.heartbeat()).status).toBe(200);
});
