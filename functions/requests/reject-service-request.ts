import { outOfBounds } from '../../lib/credits/problems.ts';
import { route } from '../../lib/kit/route.ts';
import { reject } from '../../lib/requests/course.ts';
import { ownRequest, wrongState } from '../../lib/requests/problems.ts';
import { found, loadEnding, moving, reasoned } from './moving.ts';

export const rejectServiceRequest = route({
  ...moving,
  id: 'rejectServiceRequest',
  path: '/v1/customers/{customerId}/requests/{requestId}/reject',
  summary: 'Reject a request that waits for approval; not one’s own',
  description:
    'What it was debited goes back to the balance, once, also while the credit system is switched off.',
  permission: 'service_requests.approve',
  body: reasoned,
  dryRun: true,
  refuses: [ownRequest, wrongState, outOfBounds],
  load: loadEnding,
  decide: (input, { filed, money }) => reject(found(filed), input.body, { ...input, ...money }),
});
