import { randomUUID } from 'node:crypto';
import { beforeAll, expect, it } from 'vitest';
import { commit, get } from '../../lib/aws/db.ts';
import { pulseKey } from '../../lib/kit/keys.ts';
import { goDown } from '../../lib/probes/lifecycle.ts';
import { toPulse } from '../../lib/probes/pulse.ts';
import { enrolledAgent, type TestAgent } from '../kit/agent.ts';
import { measure } from '../kit/cost.ts';
import { under } from '../kit/faults.ts';
import { addCustomer, call, type Msp, makeMsp } from '../kit/world.ts';

let msp: Msp;
let customerId = '';
beforeAll(async () => {
  msp = await makeMsp();
  customerId = (await addCustomer(msp)).id;
});

const enrolled = () => enrolledAgent(customerId, msp.catalog);
const pulse = (agent: TestAgent) => get(pulseKey(agent.customerId, agent.probeId), true);

it('enrols an agent and hears its heartbeats', async () => {
  const agent = await enrolled();
  const answer = await agent.heartbeat();
  expect(answer).toMatchObject({
    status: 200,
    body: {
      state: 'UP',
      intervalSeconds: 60,
      configVersion: 1,
      commands: [],
      usageSequence: 0,
      inventorySequence: 0,
    },
  });
  expect(await pulse(agent)).toMatchObject({ count: 1, state: 'UP', generation: 1 });
});

it('shows which version its agent is of, in the same write', async () => {
  const agent = await enrolled();
  const shown = async () => {
    const { body } = await call(`GET /v1/customers/${customerId}/probes/${agent.probeId}`, {
      as: msp.catalog,
    });
    return body.agentVersion;
  };
  expect(await shown()).toBeNull();
  const beat = (body: unknown) => agent.send('POST /v1/agent/heartbeat', body);
  const { cost } = await measure(() => beat({ version: '2.7.1 (linux)' }));
  expect(cost).toMatchObject({ write: 1, read: 0, roundTrips: 1 });
  await beat({});
  expect(await shown()).toBe('2.7.1 (linux)');
});

it('refuses a call that was heard before, and says which count was', async () => {
  const agent = await enrolled();
  await agent.heartbeat({ count: 7 });
  expect(await agent.heartbeat({ count: 7 })).toMatchObject({
    status: 401,
    body: { code: 'agent.replayed', count: 7 },
  });
  expect((await agent.heartbeat({ count: 8 })).status).toBe(200);
});

/** Lets a probe fall silent, below the API. */
async function silence(agent: TestAgent): Promise<void> {
  const before = toPulse((await pulse(agent)) ?? {}, customerId);
  await commit(goDown(before, { told: true }).writes, randomUUID(), Date.now() + 5000);
}

it('lets a probe that was down come back with its next call, once, whatever is sent at once', async () => {
  const agent = await enrolled();
  await agent.heartbeat();
  await silence(agent);
  const { body } = await call(`GET /v1/customers/${customerId}/probes/${agent.probeId}`, { as: msp.catalog });
  expect(body).toMatchObject({ state: 'DOWN', outages: 1 });
  const answers = await Promise.all([2, 3, 4, 5, 6].map((count) => agent.heartbeat({ count })));
  expect(answers.filter(({ status }) => status === 200).length).toBeGreaterThanOrEqual(1);
  expect(await pulse(agent)).toMatchObject({ state: 'UP', count: 6, outages: 1 });
  expect(await pulse(agent)).not.toHaveProperty('downSince');
  const entries = await call(
    `GET /v1/audit-events?customerId=${customerId}&subject=${agent.probeId}&action=probes.come_back`,
    { as: msp.catalog },
  );
  expect(entries.body.items).toHaveLength(1);
});

it('does not let a probe come back by a call that was heard before', async () => {
  const agent = await enrolled();
  await agent.heartbeat({ count: 4 });
  await silence(agent);
  expect(await agent.heartbeat({ count: 4 })).toMatchObject({
    status: 401,
    body: { code: 'agent.replayed' },
  });
  expect(await pulse(agent)).toMatchObject({ state: 'DOWN' });
});

it('counts usage of a probe that was down, in the same call', async () => {
  const agent = await enrolled();
  await silence(agent);
  const answer = await agent.send('POST /v1/agent/usage', { sequence: 1, counts: { DEVICE: 2 } });
  expect(answer).toMatchObject({ status: 200, body: { accepted: true } });
  expect(await pulse(agent)).toMatchObject({ state: 'UP', usage: 1, counts: { DEVICE: 2 } });
});

it('is heard while a transaction is at its pulse, and told to come again where that does not end', async () => {
  const agent = await enrolled();
  const passing = await under({ after: 0, how: 'conflict', times: 3 }, () => agent.heartbeat());
  expect(passing).toMatchObject({ struck: 'conflict', result: { value: { status: 200 } } });
  const lasting = await under({ after: 0, how: 'conflict', times: Infinity }, () => agent.heartbeat());
  const { reason } = lasting.result as PromiseRejectedResult;
  expect(String(reason)).toContain('agentHeartbeat answered 503');
  expect(String(reason)).toContain('service.unavailable');
  expect(await pulse(agent)).toMatchObject({ count: 1 });
  expect((await agent.heartbeat()).status).toBe(200);
});
