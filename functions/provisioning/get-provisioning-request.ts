import * as z from 'zod';
import { answer, refuse } from '../../lib/kit/plan.ts';
import { notFound } from '../../lib/kit/problem.ts';
import { route } from '../../lib/kit/route.ts';
import { customerTypes } from '../../lib/kit/scope.ts';
import { id } from '../../lib/kit/text.ts';
import { requestView, viewRequest } from '../../lib/provisioning/request.ts';
import { requestOf } from '../../lib/provisioning/store.ts';

export const getProvisioningRequest = route({
  id: 'getProvisioningRequest',
  method: 'GET',
  path: '/v1/customers/{customerId}/provisioning-requests/{provisioningRequestId}',
  summary: 'A request with its steps and their log',
  permission: 'provisioning.read',
  target: { param: 'customerId', types: customerTypes },
  params: z.strictObject({
    customerId: id('customer'),
    provisioningRequestId: id('provisioningRequest'),
  }),
  reply: { status: 200, body: requestView },
  refuses: [],
  load: ({ target, params }) => requestOf(target, params.provisioningRequestId),
  decide: (_, found) => (found ? answer(viewRequest(found), { version: found.version }) : refuse(notFound)),
});
