import { answer } from '../../lib/kit/plan.ts';
import { route } from '../../lib/kit/route.ts';
import { asOf, serviceRequest, tagOf } from '../../lib/requests/request.ts';
import { customerTarget, found, loadRequest, requestPath } from './moving.ts';

export const getServiceRequest = route({
  id: 'getServiceRequest',
  method: 'GET',
  path: '/v1/customers/{customerId}/requests/{requestId}',
  summary: 'One request of a customer’s people',
  permission: 'service_requests.read',
  target: customerTarget,
  params: requestPath,
  reply: { status: 200, body: serviceRequest },
  refuses: [],
  load: loadRequest,
  decide: ({ now }, stored) => {
    const filed = found(stored);
    return answer(asOf(filed.request, now), { version: tagOf(filed, now) });
  },
});
