import { route } from '../../lib/kit/route.ts';
import { complete } from '../../lib/requests/course.ts';
import { wrongState } from '../../lib/requests/problems.ts';
import { found, loadRequest, moving, said } from './moving.ts';

export const completeServiceRequest = route({
  ...moving,
  id: 'completeServiceRequest',
  path: '/v1/customers/{customerId}/requests/{requestId}/complete',
  summary: 'Say that a request is fulfilled',
  description: 'It is closed when the requester confirms, or by itself after 15 days.',
  permission: 'service_requests.fulfil',
  body: said,
  refuses: [wrongState],
  load: loadRequest,
  decide: (input, filed) => complete(found(filed), input.body, input),
});
