import { outOfBounds } from '../../lib/credits/problems.ts';
import { route } from '../../lib/kit/route.ts';
import { fail } from '../../lib/requests/course.ts';
import { wrongState } from '../../lib/requests/problems.ts';
import { found, loadEnding, moving, reasoned } from './moving.ts';

export const failServiceRequest = route({
  ...moving,
  id: 'failServiceRequest',
  path: '/v1/customers/{customerId}/requests/{requestId}/fail',
  summary: 'Say that a request could not be fulfilled',
  description:
    'For whoever sells; a supplier that cannot fulfil it lets it wait, and says why. What it was debited goes back to the balance, once, also while the credit system is switched off.',
  permission: 'service_requests.fail',
  body: reasoned,
  dryRun: true,
  refuses: [wrongState, outOfBounds],
  load: loadEnding,
  decide: (input, { filed, money }) => fail(found(filed), input.body, { ...input, ...money }),
});
