import * as z from 'zod';
import { holdingAt, isSeenFrom, sessionView, viewSession } from '../../lib/access/session.ts';
import { sessionPage } from '../../lib/access/store.ts';
import { answer } from '../../lib/kit/plan.ts';
import { pageOf, route } from '../../lib/kit/route.ts';
import { customerTypes } from '../../lib/kit/scope.ts';
import { id } from '../../lib/kit/text.ts';

export const listSessions = route({
  id: 'listSessions',
  method: 'GET',
  path: '/v1/customers/{customerId}/access-sessions',
  summary:
    'Who of the partner came into a customer’s console, when, why, and how much was changed; newest first',
  description:
    'The customer sees all. A partner sees those of its own people and of resellers below it: a page may be short or empty and still have a `nextCursor`.',
  permission: 'access.read',
  target: { param: 'customerId', types: customerTypes },
  params: z.strictObject({ customerId: id('customer') }),
  page: true,
  reply: { status: 200, body: pageOf(sessionView) },
  refuses: [],
  load: ({ target, query, position }) => sessionPage(target, { limit: query.limit, after: position }),
  decide: ({ scope, seal, now }, { sessions, next, ...beside }) =>
    answer({
      items: sessions
        .filter((one) => isSeenFrom(scope.home.id, scope.target.id, one))
        .map(({ changes, ...one }) =>
          viewSession(scope.target.id, one, {
            holding: holdingAt(one, beside, { path: scope.target.path, now }),
            changes,
          }),
        ),
      nextCursor: next && seal(next),
    }),
});
