import * as z from 'zod';
import { answer } from '../../lib/kit/plan.ts';
import { pageOf, route } from '../../lib/kit/route.ts';
import { customerTypes } from '../../lib/kit/scope.ts';
import { id, line } from '../../lib/kit/text.ts';
import { searchUsers } from '../../lib/users/search.ts';
import { readersOf } from '../../lib/users/store.ts';
import { toSummary, userSummary } from '../../lib/users/user.ts';

export const listUsers = route({
  id: 'listUsers',
  method: 'GET',
  path: '/v1/customers/{customerId}/users',
  summary: 'The customer’s users by name',
  permission: 'users.read',
  target: { param: 'customerId', types: customerTypes },
  params: z.strictObject({ customerId: id('customer') }),
  page: true,
  query: z.strictObject({
    q: line(80)
      .optional()
      .describe(
        'Name, UPN or e-mail address starts with this. With a leading `%` it may stand anywhere; a page then looks at 300 users and may be short or empty.',
      ),
  }),
  reply: { status: 200, body: pageOf(userSummary) },
  refuses: [],
  load: ({ target, query, position }) =>
    searchUsers(readersOf(target), query.q ?? '', { limit: query.limit, position }),
  decide: ({ now, seal }, { items, next }) =>
    answer({ items: items.map((item) => toSummary(item, now)), nextCursor: next && seal(next) }),
});
