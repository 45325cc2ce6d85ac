import * as z from 'zod';
import { restrict } from '../../lib/catalog/view-switch.ts';
import { settingsAndShelf } from '../../lib/catalog/work-store.ts';
import { route } from '../../lib/kit/route.ts';
import { customerTypes } from '../../lib/kit/scope.ts';
import { id } from '../../lib/kit/text.ts';

export const unrestrictItem = route({
  id: 'unrestrictItem',
  method: 'DELETE',
  path: '/v1/customers/{customerId}/restricted-items/{itemId}',
  summary: 'Take an item off a customer’s restricted list',
  permission: 'restricted.manage',
  target: { param: 'customerId', types: customerTypes },
  params: z.strictObject({ customerId: id('customer'), itemId: id('catalogItem') }),
  reply: { status: 204 },
  refuses: [],
  load: ({ target, params }) => settingsAndShelf(target, params.itemId),
  decide: ({ scope }, state) => restrict(scope.target.id, state, false),
});
