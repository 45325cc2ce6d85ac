import * as z from 'zod';
import { expectVersion, refuse } from '../../lib/kit/plan.ts';
import { notFound } from '../../lib/kit/problem.ts';
import { route } from '../../lib/kit/route.ts';
import { customerTypes } from '../../lib/kit/scope.ts';
import { id } from '../../lib/kit/text.ts';
import { deleteItem as remove } from '../../lib/licensing/monitor.ts';
import { accountWithItems, providerFor } from '../../lib/licensing/store.ts';

export const deleteItem = route({
  id: 'deleteItem',
  method: 'DELETE',
  path: '/v1/customers/{customerId}/items/{itemId}',
  summary: 'Delete a monitored item; a licence that it holds is free',
  permission: 'items.manage',
  target: { param: 'customerId', types: customerTypes },
  params: z.strictObject({ customerId: id('customer'), itemId: id('item') }),
  dryRun: true,
  ifMatch: true,
  reply: { status: 204 },
  refuses: [],
  load: async (input) => {
    const of = {
      customerId: input.target,
      providerId: await providerFor(input),
      itemIds: [input.params.itemId],
    };
    return accountWithItems(of, true);
  },
  decide: ({ ifMatch, now }, { account, items: [found] }) => {
    const kept = found ?? refuse(notFound);
    expectVersion(ifMatch, kept.version);
    return remove(account, kept, now);
  },
});
