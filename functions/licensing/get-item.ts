import * as z from 'zod';
import { answer, refuse } from '../../lib/kit/plan.ts';
import { notFound } from '../../lib/kit/problem.ts';
import { route } from '../../lib/kit/route.ts';
import { customerTypes } from '../../lib/kit/scope.ts';
import { id } from '../../lib/kit/text.ts';
import { item, viewItem } from '../../lib/licensing/item.ts';
import { itemOf } from '../../lib/licensing/store.ts';

export const getItem = route({
  id: 'getItem',
  method: 'GET',
  path: '/v1/customers/{customerId}/items/{itemId}',
  summary: 'One monitored item',
  permission: 'items.read',
  target: { param: 'customerId', types: customerTypes },
  params: z.strictObject({ customerId: id('customer'), itemId: id('item') }),
  reply: { status: 200, body: item },
  refuses: [],
  load: ({ target, params }) => itemOf(target, params.itemId),
  decide: (_, found) => (found ? answer(viewItem(found), { version: found.version }) : refuse(notFound)),
});
