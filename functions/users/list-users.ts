import * as z from 'zod';
import { answer } from '../../lib/kit/plan.ts';
import { flag, pageOf, route } from '../../lib/kit/route.ts';
import { customerTypes } from '../../lib/kit/scope.ts';
import { id, line } from '../../lib/kit/text.ts';
import { presets } from '../../lib/users/role.ts';
import { searchUsers, sight } from '../../lib/users/search.ts';
import { readersOf } from '../../lib/users/store.ts';
import { provisioningStatus, toSummary, user, userSummary } from '../../lib/users/user.ts';

export const listUsers = route({
  id: 'listUsers',
  method: 'GET',
  path: '/v1/customers/{customerId}/users',
  summary: 'The customer’s users by name; those of a service in the order in which they were added',
  description: `Without filters, by \`q\` or by \`serviceId\` users are looked up. The other filters pass over what was read: such a page looks at no more than ${sight.name} users (${sight.service} of a service), so it may be short or empty and still have a \`nextCursor\`.`,
  permission: 'users.read',
  target: { param: 'customerId', types: customerTypes },
  params: z.strictObject({ customerId: id('customer') }),
  page: true,
  query: z.strictObject({
    q: line(80)
      .optional()
      .describe(
        'Name, UPN or e-mail address starts with this. With a leading `%` it may stand anywhere; that is a filter.',
      ),
    serviceId: id('service').optional().describe('Who has this service'),
    role: z.enum(presets).optional().describe('Whose role, or collection, gives this role'),
    testUser: flag.optional(),
    state: user.shape.state.optional(),
    status: provisioningStatus.optional(),
  }),
  reply: { status: 200, body: pageOf(userSummary) },
  refuses: [],
  load: ({ target, query: { limit, ...wanted }, position, now }) =>
    searchUsers(readersOf(target), wanted, { limit, position, now }),
  decide: ({ now, seal }, { items, next }) =>
    answer({ items: items.map((item) => toSummary(item, now)), nextCursor: next && seal(next) }),
});
