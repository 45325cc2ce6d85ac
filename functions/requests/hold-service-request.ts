import { route } from '../../lib/kit/route.ts';
import { hold } from '../../lib/requests/course.ts';
import { ownRequest, wrongState } from '../../lib/requests/problems.ts';
import { found, loadRequest, moving, said } from './moving.ts';

export const holdServiceRequest = route({
  ...moving,
  id: 'holdServiceRequest',
  path: '/v1/customers/{customerId}/requests/{requestId}/hold',
  summary: 'Put the decision on a waiting request off',
  description: 'It may still be approved or rejected.',
  permission: 'service_requests.approve',
  body: said,
  refuses: [ownRequest, wrongState],
  load: loadRequest,
  decide: (input, filed) => hold(found(filed), input.body, input),
});
