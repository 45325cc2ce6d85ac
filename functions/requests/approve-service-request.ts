import { route } from '../../lib/kit/route.ts';
import { approve } from '../../lib/requests/course.ts';
import { ownRequest, wrongState } from '../../lib/requests/problems.ts';
import { found, loadRequest, moving, said } from './moving.ts';

export const approveServiceRequest = route({
  ...moving,
  id: 'approveServiceRequest',
  path: '/v1/customers/{customerId}/requests/{requestId}/approve',
  summary: 'Approve a request that waits for it; not one’s own',
  permission: 'service_requests.approve',
  body: said,
  refuses: [ownRequest, wrongState],
  load: loadRequest,
  decide: (input, filed) => approve(found(filed), input.body, input),
});
