import * as z from 'zod';
import { end } from '../../lib/access/enter.ts';
import { sessionOver } from '../../lib/access/problems.ts';
import { isSeenFrom, sessionView } from '../../lib/access/session.ts';
import { refuse } from '../../lib/kit/plan.ts';
import { notFound } from '../../lib/kit/problem.ts';
import { route } from '../../lib/kit/route.ts';
import { customerTypes } from '../../lib/kit/scope.ts';
import { id } from '../../lib/kit/text.ts';
import { found, oneSession } from './one-session.ts';

export const endSession = route({
  id: 'endSession',
  method: 'POST',
  path: '/v1/customers/{customerId}/access-sessions/{accessSessionId}/end',
  summary: 'End a session of the partner in a customer’s console',
  description:
    'By the customer’s administrators or anybody of the partner who may enter. A change under way is made before, or not at all; the next request is refused.',
  permission: 'access.end',
  target: { param: 'customerId', types: customerTypes },
  params: z.strictObject({ customerId: id('customer'), accessSessionId: id('accessSession') }),
  reply: { status: 200, body: sessionView },
  refuses: [sessionOver],
  load: ({ target, params }) => oneSession(target, params.accessSessionId),
  decide: ({ scope, now }, one) => {
    const opened = found(one);
    if (!isSeenFrom(scope.home.id, scope.target.id, opened.session)) refuse(notFound);
    return end(opened, scope, now);
  },
});
