import * as z from 'zod';
import { agentRoute } from '../../lib/kit/agent.ts';
import { refuse } from '../../lib/kit/plan.ts';
import { agentRevoked } from '../../lib/kit/problem.ts';
import { nat, proxy } from '../../lib/probes/probe.ts';
import { setupOf } from '../../lib/probes/pulse-store.ts';
import { hear } from './hear.ts';
import { rhythm } from './rhythm.ts';

export const getAgentConfiguration = agentRoute({
  id: 'getAgentConfiguration',
  method: 'GET',
  path: '/v1/agent/configuration',
  summary: 'Read how the probe is set up',
  permission: 'agent',
  reply: {
    status: 200,
    body: z.strictObject({
      configVersion: z.int().describe('What is answered is at least as new'),
      name: z.string(),
      proxy: proxy.nullable(),
      nat: nat.nullable(),
      intervalSeconds: z.int(),
      silenceSeconds: z.int().describe('Silence after which the probe is down'),
    }),
  },
  refuses: [],
  // The profile is read after the version: it is never older than what the agent keeps it under.
  handle: async (input) => {
    const { pulse } = await hear(input);
    const probe = await setupOf(pulse.customerId, pulse.id);
    if (!probe) return refuse(agentRevoked);
    const { name, proxy: through, nat: seenAs } = probe;
    const { configVersion } = pulse;
    return { body: { configVersion, name, proxy: through, nat: seenAs, ...rhythm() } };
  },
});
