import { acknowledgementRequired, alreadySwitched, mspModeOff } from '../../lib/credits/problems.ts';
import { creditSystemOf, mspModeOf } from '../../lib/credits/store.ts';
import { creditSystem, switchCommand, switchSystem } from '../../lib/credits/system.ts';
import { route } from '../../lib/kit/route.ts';

export const switchCreditSystem = route({
  id: 'switchCreditSystem',
  method: 'PUT',
  path: '/v1/credit-system',
  summary: 'Switch the credit system on or off',
  description: 'Either way all cost data is lost: the acknowledgement says that you know. Only in MSP mode.',
  permission: 'credit_system.switch',
  target: { home: ['PROVIDER'] },
  body: switchCommand,
  dryRun: true,
  ifMatch: true,
  reply: { status: 200, body: creditSystem },
  refuses: [mspModeOff, alreadySwitched, acknowledgementRequired],
  load: async ({ home }) => {
    const [stored, mspMode] = await Promise.all([creditSystemOf(home), mspModeOf(home)]);
    return { stored, mspMode };
  },
  decide: ({ scope, body, ifMatch, now }, { stored, mspMode }) =>
    switchSystem({ providerId: scope.target.id, stored, mspMode, ifMatch }, body, now),
});
