import * as z from 'zod';
import { reaching } from '../../lib/aws/vouch.ts';
import { moveCustomer as move, movement, moveTarget } from '../../lib/customers/move.ts';
import {
  collectionsLost,
  domainsLost,
  itemsNotHeld,
  moveIntoItself,
  moveUnderway,
  notOffered,
  parentDisabled,
  parentNotReseller,
  rolesLost,
  subtreeUnseen,
  tooDeep,
  tooManyServices,
} from '../../lib/customers/problems.ts';
import {
  besideHoldings,
  headcountOf,
  holdingsTold,
  journeyOf,
  newParentOf,
} from '../../lib/customers/store.ts';
import { route } from '../../lib/kit/route.ts';
import { customerTypes, providerOf } from '../../lib/kit/scope.ts';
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
    subtreeUnseen,
    notOffered,
    domainsLost,
    itemsNotHeld,
    collectionsLost,
    rolesLost,
    tooManyServices,
  ],
  alongside: besideHoldings,
  load: ({ body, provider, scope, alongside }) =>
    reaching([body.parentId], async () => {
      const [{ target }, { stored, parentHoldings }, holdings, headcount] = await Promise.all([
        scope(),
        newParentOf(body.parentId),
        holdingsTold({ alongside }),
        provider ? headcountOf(provider) : scope().then(({ target }) => headcountOf(providerOf(target))),
      ]);
      const journey = await journeyOf(target, body.parentId, stored);
      return { ...journey, holdings, parentHoldings, headcount };
    }),
  decide: ({ scope, query, body, newId, now }, journey) => {
    const { dryRun = false } = query as { dryRun?: boolean };
    const { acceptLostRoles } = body;
    return move(scope, journey, { operationId: newId('operation'), dryRun, acceptLostRoles, now });
  },
});
