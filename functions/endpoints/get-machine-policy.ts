import * as z from 'zod';
import { effectiveDocument } from '../../lib/endpoints/policy.ts';
import { mayUpdate, policyVersionOf } from '../../lib/endpoints/standing.ts';
import { machineRoute } from '../../lib/kit/agent.ts';
import { gone, hear } from './hear.ts';
import { standingNow } from './standing.ts';

export const getMachinePolicy = machineRoute({
  id: 'getMachinePolicy',
  method: 'GET',
  path: '/v1/machine/policy',
  summary: 'The policy that is in force for the machine, as it stands now',
  permission: 'agent',
  reply: {
    status: 200,
    body: z.strictObject({
      policyVersion: z.string().describe('As heartbeats tell it'),
      groupId: z.string().describe('The machine’s group'),
      updates: z.boolean().describe('False: no licence runs; take no updates, everything else goes on'),
      policy: effectiveDocument,
    }),
  },
  refuses: [],
  handle: async (input) => {
    const { pulse } = await hear(input);
    const stands = await standingNow(pulse, input.now);
    if (!stands.customerThere) return gone();
    const { policy } = stands;
    const updates = mayUpdate(stands, input.now);
    const policyVersion = policyVersionOf(policy);
    return { body: { policyVersion, groupId: pulse.groupId, updates, policy } };
  },
});
