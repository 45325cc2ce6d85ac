import { outOfBounds } from '../../lib/credits/problems.ts';
import { route } from '../../lib/kit/route.ts';
import { cancel } from '../../lib/requests/course.ts';
import { wrongState } from '../../lib/requests/problems.ts';
import { loadEnding, moving, own, ownHome, ownPath, said } from './moving.ts';

export const cancelMyServiceRequest = route({
  ...moving,
  id: 'cancelMyServiceRequest',
  path: '/v1/requests/{requestId}/cancel',
  summary: 'Cancel your own request, until it is completed',
  description: 'What it was debited goes back to the balance, once.',
  permission: 'end-user',
  target: ownHome,
  params: ownPath,
  body: said,
  dryRun: true,
  refuses: [wrongState, outOfBounds],
  load: loadEnding,
  decide: (input, { filed, money }) =>
    cancel(own(filed, input.scope.actor.id), input.body, { ...input, ...money }),
});
