import { route } from '../../lib/kit/route.ts';
import { resume } from '../../lib/requests/course.ts';
import { wrongState } from '../../lib/requests/problems.ts';
import { found, loadRequest, moving, said } from './moving.ts';

export const resumeServiceRequest = route({
  ...moving,
  id: 'resumeServiceRequest',
  path: '/v1/customers/{customerId}/requests/{requestId}/resume',
  summary: 'Go on with a request that waited for more information',
  permission: 'service_requests.fulfil',
  body: said,
  refuses: [wrongState],
  load: loadRequest,
  decide: (input, filed) => resume(found(filed), input.body, input),
});
