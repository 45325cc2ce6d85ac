import * as z from 'zod';
import { refuse } from '../../lib/kit/plan.ts';
import { notFound } from '../../lib/kit/problem.ts';
import { route } from '../../lib/kit/route.ts';
import { customerTypes } from '../../lib/kit/scope.ts';
import { id } from '../../lib/kit/text.ts';
import { notHanging } from '../../lib/provisioning/problems.ts';
import { requestView, resetRequest } from '../../lib/provisioning/request.ts';
import { requestOf } from '../../lib/provisioning/store.ts';

export const resetProvisioningRequest = route({
  id: 'resetProvisioningRequest',
  method: 'POST',
  path: '/v1/customers/{customerId}/provisioning-requests/{provisioningRequestId}/reset',
  summary: 'Give up a request that hangs',
  description:
    'For a request that has stood still for more than 30 minutes: it becomes Failed, and can be retried.',
  permission: 'provisioning.manage',
  target: { param: 'customerId', types: customerTypes },
  params: z.strictObject({
    customerId: id('customer'),
    provisioningRequestId: id('provisioningRequest'),
  }),
  reply: { status: 200, body: requestView },
  refuses: [notHanging],
  load: ({ target, params }) => requestOf(target, params.provisioningRequestId),
  decide: ({ now }, found) => resetRequest(found ?? refuse(notFound), now),
});
