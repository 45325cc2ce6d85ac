import { beforeAll, expect, it } from 'vitest';
import { get } from '../../../lib/aws/db.ts';
import { pulseKey } from '../../../lib/kit/keys.ts';
import { enrolledAgent, type TestAgent } from '../../kit/agent.ts';
import { addCustomer, type Msp, makeMsp } from '../../kit/world.ts';

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

it('refuses a call that was heard before, and says which count was', async () => {
  const agent = await enrolled();
  await agent.heartbeat({ count: 7 });
  expect(await agent.heartbeat({ count: 7 })).toMatchObject({
    status: 401,
    body: { code: 'agent.replayed', count: 7 },
  });
  expect((await agent.heartbeat({ count: 8 })).status).toBe(200);
});
