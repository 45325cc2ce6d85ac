import * as z from 'zod';
import { answer } from '../../lib/kit/plan.ts';
import { route } from '../../lib/kit/route.ts';
import { customerTypes } from '../../lib/kit/scope.ts';
import { id } from '../../lib/kit/text.ts';
import { approvalView, viewApproval } from '../../lib/probes/approval.ts';
import { approvalOf } from '../../lib/probes/store.ts';

export const getProbeApproval = route({
  id: 'getProbeApproval',
  method: 'GET',
  path: '/v1/customers/{customerId}/probe-approval',
  summary: 'How a customer lets the agents of its probes in',
  permission: 'probes.read',
  target: { param: 'customerId', types: customerTypes },
  params: z.strictObject({ customerId: id('customer') }),
  reply: { status: 200, body: approvalView },
  refuses: [],
  load: ({ target }) => approvalOf(target),
  decide: (_, found) => answer(viewApproval(found), { version: found.version }),
});
