import * as z from 'zod';
import { route } from '../../lib/kit/route.ts';
import { customerTypes } from '../../lib/kit/scope.ts';
import { id } from '../../lib/kit/text.ts';
import { itemIds, itemSummary } from '../../lib/licensing/item.ts';
import { allFound, unmanageItems as unmanage } from '../../lib/licensing/monitor.ts';
import { unknownItems } from '../../lib/licensing/problems.ts';
import { accountWithItems, providerFor } from '../../lib/licensing/store.ts';

export const unmanageItems = route({
  id: 'unmanageItems',
  method: 'POST',
  path: '/v1/customers/{customerId}/items/unmanage',
  summary: 'Stop monitoring items; their licences are free',
  description: 'Waiting items do not take the freed licences by themselves.',
  permission: 'items.manage',
  target: { param: 'customerId', types: customerTypes },
  params: z.strictObject({ customerId: id('customer') }),
  body: itemIds,
  dryRun: true,
  reply: { status: 200, body: z.strictObject({ items: z.array(itemSummary) }) },
  refuses: [unknownItems],
  load: async (input) => {
    const of = { customerId: input.target, providerId: await providerFor(input), itemIds: input.body.ids };
    return accountWithItems(of, true);
  },
  decide: ({ body, now }, { account, items }) => unmanage(account, allFound(body.ids, items), now),
});
