import * as z from 'zod';
import { route } from '../../lib/kit/route.ts';
import { customerTypes } from '../../lib/kit/scope.ts';
import { id } from '../../lib/kit/text.ts';
import { itemSummary, newItems } from '../../lib/licensing/item.ts';
import { addItems as add } from '../../lib/licensing/monitor.ts';
import { accountOf, providerFor } from '../../lib/licensing/store.ts';

export const addItems = route({
  id: 'addItems',
  method: 'POST',
  path: '/v1/customers/{customerId}/items',
  summary: 'Add items to be monitored',
  description:
    'All or none are stored, in the order given: MANAGED as far as licences reach, the rest UNMANAGED with reason ALLOCATION_EXHAUSTED.',
  permission: 'items.manage',
  target: { param: 'customerId', types: customerTypes },
  params: z.strictObject({ customerId: id('customer') }),
  body: newItems,
  dryRun: true,
  reply: { status: 201, body: z.strictObject({ items: z.array(itemSummary) }) },
  refuses: [],
  load: async (input) => accountOf({ customerId: input.target, providerId: await providerFor(input) }, true),
  decide: ({ scope, body, newId, now }, account) =>
    add({ ...account, customer: scope.target }, body, { ids: body.items.map(() => newId('item')), now }),
});
