import { route } from '../../lib/kit/route.ts';
import { start } from '../../lib/requests/course.ts';
import { wrongState } from '../../lib/requests/problems.ts';
import { found, loadRequest, moving, said } from './moving.ts';

export const startServiceRequest = route({
  ...moving,
  id: 'startServiceRequest',
  path: '/v1/customers/{customerId}/requests/{requestId}/start',
  summary: 'Begin to fulfil a request',
  permission: 'service_requests.fulfil',
  body: said,
  refuses: [wrongState],
  load: loadRequest,
  decide: (input, filed) => start(found(filed), input.body, input),
});
