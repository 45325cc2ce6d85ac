import * as z from 'zod';
import { holdingAt, isSeenFrom, sessionView, viewSession } from '../../lib/access/session.ts';
import { sessionOf } from '../../lib/access/store.ts';
import { answer, refuse } from '../../lib/kit/plan.ts';
import { notFound } from '../../lib/kit/problem.ts';
import { route } from '../../lib/kit/route.ts';
import { customerTypes } from '../../lib/kit/scope.ts';
import { id } from '../../lib/kit/text.ts';

export const getSession = route({
  id: 'getSession',
  method: 'GET',
  path: '/v1/customers/{customerId}/access-sessions/{accessSessionId}',
  summary: 'One session of the partner in a customer’s console',
  permission: 'access.read',
  target: { param: 'customerId', types: customerTypes },
  params: z.strictObject({ customerId: id('customer'), accessSessionId: id('accessSession') }),
  reply: { status: 200, body: sessionView },
  refuses: [],
  load: ({ target, params }) => sessionOf(target, params.accessSessionId),
  decide: ({ scope, now }, { session, changes, ...beside }) => {
    const found = session ?? refuse(notFound);
    if (!isSeenFrom(scope.home.id, scope.target.id, found)) refuse(notFound);
    const holding = holdingAt(found, beside, { path: scope.target.path, now });
    return answer(viewSession(scope.target.id, found, { holding, changes }), { version: found.version });
  },
});
