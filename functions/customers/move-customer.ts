import * as z from 'zod';
import { moveCustomer as move, movement, moveTarget } from '../../lib/customers/move.ts';
import {
  itemsNotHeld,
  moveIntoItself,
  moveUnderway,
  notOffered,
  parentDisabled,
  parentNotReseller,
  rolesLost,
  tooDeep,
  tooManyServices,
} from '../../lib/customers/problems.ts';
import { besideHoldings, holdingsTold, journeyOf, profileOf } from '../../lib/customers/store.ts';
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
  refuses: [
    moveIntoItself,
    parentNotReseller,
    tooDeep,
    parentDisabled,
    moveUnderway,
    notOffered,
    itemsNotHeld,
    rolesLost,
    tooManyServices,
  ],
  alongside: besideHoldings,
  load: async ({ body, scope, alongside }) => {
    const [{ target }, parent, holdings] = await Promise.all([
      scope(),
      profileOf(body.parentId),
      holdingsTold({ alongside }),
    ]);
    return { ...(await journeyOf(target, body.parentId, parent)), holdings };
  },
  decide: ({ scope, query, body, newId, now }, journey) => {
    const { dryRun = false } = query as { dryRun?: boolean };
    const { acceptLostRoles } = body;
    return move(scope, journey, { operationId: newId('operation'), dryRun, acceptLostRoles, now });
  },
});
