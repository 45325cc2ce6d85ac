import * as z from 'zod';
import { keepReport } from '../../lib/endpoints/hearing-store.ts';
import { newReport } from '../../lib/endpoints/report.ts';
import { machineRoute } from '../../lib/kit/agent.ts';
import { mostAhead } from '../../lib/kit/hearing.ts';
import { refuse } from '../../lib/kit/plan.ts';
import { sequenceTooFar } from '../../lib/kit/problem.ts';
import { hear } from './hear.ts';

export const reportMachineInventory = machineRoute({
  id: 'reportMachineInventory',
  method: 'POST',
  path: '/v1/machine/inventory',
  summary: 'Report the system and what is installed: all of it, each time',
  description:
    'A number more than 1,000,000 above that of the last report is refused. A report that comes late or again changes nothing and is answered `accepted: false`.',
  permission: 'agent',
  body: newReport,
  reply: {
    status: 200,
    body: z.strictObject({
      accepted: z.boolean(),
      sequence: z.int().describe('Number of the last report that was taken'),
    }),
  },
  refuses: [sequenceTooFar],
  handle: async (input) => {
    const { now, body, proven } = input;
    const { sequence, osVersion, agentVersion: agent } = body;
    const { pulse, done } = await hear(input, {
      set: { inventory: sequence, inventoryAt: now, osVersion, agent },
      below: { inventory: sequence },
      atLeast: { inventory: sequence - mostAhead },
    });
    if (!done && sequence - pulse.inventory > mostAhead)
      return refuse(sequenceTooFar, undefined, { sequence: pulse.inventory });
    // One that was noted, but not kept when it came first, is kept when it comes again.
    const late = sequence < pulse.inventory;
    const accepted = !late && (await keepReport(proven.credential, { ...body, reportedAt: now }));
    return { body: { accepted, sequence: pulse.inventory } };
  },
});
