import * as z from 'zod';
import { answer, refuse } from '../../lib/kit/plan.ts';
import { notFound } from '../../lib/kit/problem.ts';
import { route } from '../../lib/kit/route.ts';
import { customerTypes } from '../../lib/kit/scope.ts';
import { id } from '../../lib/kit/text.ts';
import { probeOperation, viewRemoval } from '../../lib/probes/operation.ts';
import { removalOf } from '../../lib/probes/store.ts';

export const getProbeOperation = route({
  id: 'getProbeOperation',
  method: 'GET',
  path: '/v1/customers/{customerId}/probe-operations/{operationId}',
  summary: 'How far the work for a retired probe is in the background',
  permission: 'probes.read',
  target: { param: 'customerId', types: customerTypes },
  params: z.strictObject({ customerId: id('customer'), operationId: id('operation') }),
  reply: { status: 200, body: probeOperation },
  refuses: [],
  load: ({ target, params }) => removalOf(target, params.operationId),
  decide: ({ now }, one) =>
    one ? answer(viewRemoval(one, now), { version: one.version }) : refuse(notFound),
});
