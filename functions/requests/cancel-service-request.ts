import { outOfBounds } from '../../lib/credits/problems.ts';
import { route } from '../../lib/kit/route.ts';
import { cancel } from '../../lib/requests/course.ts';
import { wrongState } from '../../lib/requests/problems.ts';
import { found, loadEnding, moving, said } from './moving.ts';

export const cancelServiceRequest = route({
  ...moving,
  id: 'cancelServiceRequest',
  path: '/v1/customers/{customerId}/requests/{requestId}/cancel',
  summary: 'Cancel a request that is not completed',
  description:
    'What it was debited goes back to the balance, once, also while the credit system is switched off.',
  permission: 'service_requests.approve',
  body: said,
  dryRun: true,
  refuses: [wrongState, outOfBounds],
  load: loadEnding,
  decide: (input, { filed, money }) => cancel(found(filed), input.body, { ...input, ...money }),
});
