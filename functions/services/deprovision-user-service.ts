import * as z from 'zod';
import { expectVersion, refuse } from '../../lib/kit/plan.ts';
import { notFound } from '../../lib/kit/problem.ts';
import { route } from '../../lib/kit/route.ts';
import { customerTypes } from '../../lib/kit/scope.ts';
import { id } from '../../lib/kit/text.ts';
import { isHadWithin } from '../../lib/services/instance.ts';
import { deprovisionUser, holding } from '../../lib/services/provision.ts';
import { instancesOf } from '../../lib/services/store.ts';

export const deprovisionUserService = route({
  id: 'deprovisionUserService',
  method: 'DELETE',
  path: '/v1/customers/{customerId}/users/{userId}/services/{serviceId}',
  summary: 'Take a service from a user',
  permission: 'user_services.manage',
  target: { param: 'customerId', types: customerTypes },
  params: z.strictObject({ customerId: id('customer'), userId: id('user'), serviceId: id('service') }),
  ifMatch: true,
  reply: { status: 202, body: holding },
  refuses: [],
  load: ({ target, params }) => instancesOf(target, params.serviceId, params.userId),
  decide: ({ scope, ifMatch, now }, { customer, user }) => {
    if (!isHadWithin(user, customer)) refuse(notFound);
    expectVersion(ifMatch, user.version);
    return deprovisionUser(user, { customerId: scope.target.id, now });
  },
});
