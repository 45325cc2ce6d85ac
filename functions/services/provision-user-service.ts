import * as z from 'zod';
import { expectVersion } from '../../lib/kit/plan.ts';
import { route } from '../../lib/kit/route.ts';
import { customerTypes } from '../../lib/kit/scope.ts';
import { id } from '../../lib/kit/text.ts';
import { customerLacks, customerOut, notForUsers, planUnknown } from '../../lib/services/problems.ts';
import { holding, provisionUser, wanted } from '../../lib/services/provision.ts';
import { besideTarget, userState } from '../../lib/services/store.ts';

export const provisionUserService = route({
  id: 'provisionUserService',
  method: 'PUT',
  path: '/v1/customers/{customerId}/users/{userId}/services/{serviceId}',
  summary: 'Give a user a service that the customer has, or another plan of it',
  permission: 'user_services.manage',
  target: { param: 'customerId', types: customerTypes },
  params: z.strictObject({ customerId: id('customer'), userId: id('user'), serviceId: id('service') }),
  body: wanted,
  ifMatch: 'heeded',
  reply: { status: 202, body: holding },
  refuses: [customerLacks, customerOut, notForUsers, planUnknown],
  alongside: besideTarget,
  load: ({ params, body, ...input }) => userState(input, { ...params, ...body }),
  decide: ({ scope, body, ifMatch, now }, state) => {
    expectVersion(ifMatch, state.current?.version ?? 0);
    return provisionUser(state, { of: scope.target, planId: body.planId, now });
  },
});
