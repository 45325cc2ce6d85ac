import * as z from 'zod';
import {
  administrates,
  administrator,
  toMembership,
  viewAdministrator,
} from '../../lib/customers/administrator.ts';
import { memberPage } from '../../lib/customers/store.ts';
import { answer } from '../../lib/kit/plan.ts';
import { pageOf, route } from '../../lib/kit/route.ts';
import { customerTypes } from '../../lib/kit/scope.ts';
import { id } from '../../lib/kit/text.ts';

export const listAdministrators = route({
  id: 'listAdministrators',
  method: 'GET',
  path: '/v1/customers/{customerId}/administrators',
  summary: 'Who administers the customer',
  permission: 'administrators.read',
  target: { param: 'customerId', types: customerTypes },
  params: z.strictObject({ customerId: id('customer') }),
  page: true,
  reply: { status: 200, body: pageOf(administrator) },
  refuses: [],
  load: ({ target, query, position }) => memberPage(target, query.limit, position),
  decide: ({ scope, seal }, { items, next }) =>
    answer({
      items: items
        .map((item) => toMembership(item, scope.target.id))
        .filter(administrates)
        .map(viewAdministrator),
      nextCursor: next && seal(next),
    }),
});
