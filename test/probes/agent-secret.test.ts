import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, it } from 'vitest';
import { pulseOf } from '../../lib/probes/pulse-store.ts';
import { addProbe, newAgent } from '../kit/agent.ts';
import { addCustomer, makeMsp } from '../kit/world.ts';

const { AGENT_SECRET_ARN } = process.env;
afterEach(() => {
  process.env.AGENT_SECRET_ARN = AGENT_SECRET_ARN;
});

it('an enrolment without the key of certificates is to come again, and leaves the enrolment key as it was', async () => {
  const msp = await makeMsp();
  const customer = await addCustomer(msp);
  const { id, enrolmentKey } = await addProbe(customer.id, msp.catalog);
  const agent = newAgent();
  delete process.env.AGENT_SECRET_ARN;
  await expect(agent.enrol(enrolmentKey)).rejects.toThrow(/enrolAgent answered 503.*service\.unavailable/);
  // What would have begun beside it is over by then.
  await sleep(500);
  expect(await pulseOf(customer.id, id)).toMatchObject({ state: 'CREATED', enrolment: expect.any(String) });
  process.env.AGENT_SECRET_ARN = AGENT_SECRET_ARN;
  expect((await agent.enrol(enrolmentKey)).status).toBe(200);
});
