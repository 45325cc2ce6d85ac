import * as z from 'zod';
import { refuse } from '../../lib/kit/plan.ts';
import { notFound } from '../../lib/kit/problem.ts';
import { route } from '../../lib/kit/route.ts';
import { customerTypes } from '../../lib/kit/scope.ts';
import { id } from '../../lib/kit/text.ts';
import { notFailed } from '../../lib/provisioning/problems.ts';
import { requestView, retryRequest } from '../../lib/provisioning/request.ts';
import { requestOf } from '../../lib/provisioning/store.ts';

export const retryProvisioningRequest = route({
  id: 'retryProvisioningRequest',
  method: 'POST',
  path: '/v1/customers/{customerId}/provisioning-requests/{provisioningRequestId}/retry',
  summary: 'Take a failed request up again',
  description:
    'Steps that are done stay done; the one that failed and those after it are tried again. Nothing is made twice.',
  permission: 'provisioning.manage',
  target: { param: 'customerId', types: customerTypes },
  params: z.strictObject({
    customerId: id('customer'),
    provisioningRequestId: id('provisioningRequest'),
  }),
  reply: { status: 202, body: requestView },
  refuses: [notFailed],
  load: ({ target, params }) => requestOf(target, params.provisioningRequestId),
  decide: ({ now }, found) => retryRequest(found ?? refuse(notFound), now),
});
