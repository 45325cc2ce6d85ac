import { route } from '../../lib/kit/route.ts';
import { pend } from '../../lib/requests/course.ts';
import { wrongState } from '../../lib/requests/problems.ts';
import { found, loadRequest, moving, reasoned } from './moving.ts';

export const pendServiceRequest = route({
  ...moving,
  id: 'pendServiceRequest',
  path: '/v1/customers/{customerId}/requests/{requestId}/pend',
  summary: 'Wait for more information',
  permission: 'service_requests.fulfil',
  body: reasoned,
  refuses: [wrongState],
  load: loadRequest,
  decide: (input, filed) => pend(found(filed), input.body, input),
});
