import * as z from 'zod';
import { restrict, restrictedItem } from '../../lib/catalog/view-switch.ts';
import { settingsAndShelf } from '../../lib/catalog/work-store.ts';
import { route } from '../../lib/kit/route.ts';
import { customerTypes } from '../../lib/kit/scope.ts';
import { id } from '../../lib/kit/text.ts';

export const restrictItem = route({
  id: 'restrictItem',
  method: 'PUT',
  path: '/v1/customers/{customerId}/restricted-items/{itemId}',
  summary: 'Put an item on a customer’s restricted list: full view does not open it, marketplaces do',
  permission: 'restricted.manage',
  target: { param: 'customerId', types: customerTypes },
  params: z.strictObject({ customerId: id('customer'), itemId: id('catalogItem') }),
  reply: { status: 200, body: restrictedItem },
  refuses: [],
  load: ({ target, params }) => settingsAndShelf(target, params.itemId),
  decide: ({ scope }, state) => restrict(scope.target.id, state, true),
});
