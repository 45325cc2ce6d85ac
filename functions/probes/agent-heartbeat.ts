import * as z from 'zod';
import { agentRoute } from '../../lib/kit/agent.ts';
import { line } from '../../lib/kit/text.ts';
import { command, pulseState } from '../../lib/probes/pulse.ts';
import { hear } from './hear.ts';
import { rhythm } from './rhythm.ts';

export const agentHeartbeat = agentRoute({
  id: 'agentHeartbeat',
  method: 'POST',
  path: '/v1/agent/heartbeat',
  summary: 'Say that the agent is there; learn what waits for it',
  permission: 'agent',
  body: z.strictObject({ version: line(20).optional().describe('Of the agent itself') }),
  reply: {
    status: 200,
    body: z.strictObject({
      state: pulseState,
      intervalSeconds: z.int().describe('Until the next heartbeat'),
      configVersion: z.int().describe('Higher than what you have: read the configuration'),
      commands: z.array(command).describe('Acknowledge each when it is done'),
      usageSequence: z.int().describe('Number of the last usage report that counted'),
      inventorySequence: z.int().describe('Number of the last inventory report that was applied as a whole'),
    }),
  },
  refuses: [],
  handle: async (input) => {
    const { version } = input.body;
    const { pulse } = await hear(input, version === undefined ? {} : { set: { agent: version } });
    const { state, configVersion, commands, usage, inventory, whole } = pulse;
    return {
      body: {
        ...{ state, configVersion, commands },
        intervalSeconds: rhythm().intervalSeconds,
        usageSequence: usage,
        inventorySequence: whole ? inventory : inventory - 1,
      },
    };
  },
});
