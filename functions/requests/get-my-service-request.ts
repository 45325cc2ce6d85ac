import { answer } from '../../lib/kit/plan.ts';
import { route } from '../../lib/kit/route.ts';
import { asOf, serviceRequest, tagOf } from '../../lib/requests/request.ts';
import { loadRequest, own, ownHome, ownPath } from './moving.ts';

export const getMyServiceRequest = route({
  id: 'getMyServiceRequest',
  method: 'GET',
  path: '/v1/requests/{requestId}',
  summary: 'One of your requests',
  permission: 'end-user',
  target: ownHome,
  params: ownPath,
  reply: { status: 200, body: serviceRequest },
  refuses: [],
  load: loadRequest,
  decide: ({ scope, now }, filed) => {
    const mine = own(filed, scope.actor.id);
    return answer(asOf(mine.request, now), { version: tagOf(mine, now) });
  },
});
