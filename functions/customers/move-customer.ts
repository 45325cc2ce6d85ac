import * as z from 'zod';
import { moveCustomer as move, movement, moveTarget } from '../../lib/customers/move.ts';
import {
  itemsNotHeld,
  moveIntoItself,
  moveUnderway,
  notOffered,
  parentNotReseller,
  tooDeep,
} from '../../lib/customers/problems.ts';
import { journeyOf, profileOf } from '../../lib/customers/store.ts';
import { route } from '../../lib/kit/route.ts';
import { customerTypes } from '../../lib/kit/scope.ts';
import { id } from '../../lib/kit/text.ts';

export const moveCustomer = route({
  id: 'moveCustomer',
  method: 'POST',
  path: '/v1/customers/{customerId}/move',
  summary: 'Move a node with everything below it to another parent',
  description:
    'It stands there at once for every reader; stored paths follow in the background. A dry run lists what would be lost.',
  permission: 'customers.move',
  target: { param: 'customerId', types: customerTypes, below: true },
  params: z.strictObject({ customerId: id('customer') }),
  body: moveTarget,
  dryRun: true,
  reply: { status: 202, body: movement },
  refuses: [moveIntoItself, parentNotReseller, tooDeep, moveUnderway, notOffered, itemsNotHeld],
  load: async ({ body, scope }) => {
    const [{ target }, parent] = await Promise.all([scope(), profileOf(body.parentId)]);
    return journeyOf(target, body.parentId, parent);
  },
  decide: ({ scope, query, newId }, journey) => {
    const { dryRun = false } = query as { dryRun?: boolean };
    return move(scope, journey, { operationId: newId('operation'), dryRun });
  },
});
