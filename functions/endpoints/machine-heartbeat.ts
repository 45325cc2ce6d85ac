import * as z from 'zod';
import { dueOf, machineCommand, mayUpdate, policyVersionOf } from '../../lib/endpoints/standing.ts';
import { machineRoute } from '../../lib/kit/agent.ts';
import { line } from '../../lib/kit/text.ts';
import { gone, hear } from './hear.ts';
import { machineIntervalSeconds } from './rhythm.ts';
import { standing } from './standing.ts';

export const machineHeartbeat = machineRoute({
  id: 'machineHeartbeat',
  method: 'POST',
  path: '/v1/machine/heartbeat',
  summary: 'Say that the machine is there; learn what is due',
  description:
    'What is told of policy and licences may be half a minute old. A machine that was removed is answered 401 `agent.revoked` with `commands: ["UNENROL"]`.',
  permission: 'agent',
  body: z.strictObject({ version: line(20).optional().describe('Of the agent itself') }),
  reply: {
    status: 200,
    body: z.strictObject({
      machineId: z.string(),
      groupId: z.string(),
      policyVersion: z.string().describe('Another one than you have: read the policy'),
      updates: z.boolean().describe('False: no licence runs; take no updates, everything else goes on'),
      intervalSeconds: z.int().describe('Until the next heartbeat'),
      inventorySequence: z.int().describe('Number of the last inventory that was taken'),
      commands: z.array(machineCommand).describe('Told until it is done'),
    }),
  },
  refuses: [],
  handle: async (input) => {
    const { version } = input.body;
    const { pulse } = await hear(input, version === undefined ? {} : { set: { agent: version } });
    const stands = await standing(pulse, input.now);
    if (!stands.customerThere) return gone();
    const { id: machineId, groupId, inventory } = pulse;
    return {
      body: {
        ...{ machineId, groupId },
        policyVersion: policyVersionOf(stands.policy),
        updates: mayUpdate(stands, input.now),
        intervalSeconds: machineIntervalSeconds(),
        inventorySequence: inventory,
        commands: dueOf(pulse, input.now),
      },
    };
  },
});
