import * as z from 'zod';
import { route } from '../../lib/kit/route.ts';
import { customerTypes } from '../../lib/kit/scope.ts';
import { id } from '../../lib/kit/text.ts';
import { approval, approvalView, setApproval } from '../../lib/probes/approval.ts';
import { approvalOf } from '../../lib/probes/store.ts';

export const setProbeApproval = route({
  id: 'setProbeApproval',
  method: 'PUT',
  path: '/v1/customers/{customerId}/probe-approval',
  summary: 'Set how a customer lets the agents of its probes in',
  description:
    'Before the first setting the ETag is `"0"`. Counts for enrolments from now on; an agent that waits already goes on waiting.',
  permission: 'probes.approve',
  target: { param: 'customerId', types: customerTypes },
  params: z.strictObject({ customerId: id('customer') }),
  body: approval,
  ifMatch: true,
  reply: { status: 200, body: approvalView },
  refuses: [],
  load: ({ target }) => approvalOf(target),
  decide: ({ params, body, ifMatch, now }, before) =>
    setApproval(params.customerId, before, { ...body, ifMatch, now }),
});
