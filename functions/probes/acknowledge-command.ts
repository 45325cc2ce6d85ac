import * as z from 'zod';
import { agentRoute } from '../../lib/kit/agent.ts';
import { refuse } from '../../lib/kit/plan.ts';
import { agentRevoked } from '../../lib/kit/problem.ts';
import { id } from '../../lib/kit/text.ts';
import { acknowledge, commandResult } from '../../lib/probes/commands.ts';
import { isHeld } from '../../lib/probes/hearing.ts';
import { hear } from './hear.ts';
import { caller, step } from './settle-agent.ts';

export const acknowledgeCommand = agentRoute({
  id: 'acknowledgeCommand',
  method: 'POST',
  path: '/v1/agent/commands/{commandId}/acknowledgement',
  summary: 'Say what became of a command',
  description: 'A command that no longer waits is answered the same: it may be acknowledged again.',
  permission: 'agent',
  params: z.strictObject({ commandId: id('command') }),
  body: commandResult,
  reply: { status: 204 },
  refuses: [],
  handle: async (input) => {
    const { pulse } = await hear(input);
    const commandId = input.params.commandId ?? '';
    if (pulse.commands.some((one) => one.id === commandId))
      await step(caller(input), ({ pulse: found }, now) =>
        isHeld(found, input.proven.credential, now)
          ? acknowledge(found, commandId, input.body)
          : refuse(agentRevoked),
      );
    return {};
  },
});
