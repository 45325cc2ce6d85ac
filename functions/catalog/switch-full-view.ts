import * as z from 'zod';
import { fullView, mostShelves, switchedView, switchView } from '../../lib/catalog/view-switch.ts';
import { settingsAndShelves } from '../../lib/catalog/work-store.ts';
import { expectVersion } from '../../lib/kit/plan.ts';
import { route } from '../../lib/kit/route.ts';
import { customerTypes } from '../../lib/kit/scope.ts';
import { id } from '../../lib/kit/text.ts';

export const switchFullView = route({
  id: 'switchFullView',
  method: 'PUT',
  path: '/v1/customers/{customerId}/full-view',
  summary: 'Switch the full view of the catalogue for everyone of a customer',
  description:
    'On: everyone there may have all that is assigned to the customer but for the restricted items, which marketplaces still give. With more than 90 items they follow in the background: 202 with the `Location` of the operation.',
  permission: 'full_view.manage',
  target: { param: 'customerId', types: customerTypes },
  params: z.strictObject({ customerId: id('customer') }),
  body: switchedView,
  ifMatch: true,
  reply: { status: 200, body: fullView },
  refuses: [],
  load: ({ target }) => settingsAndShelves(target, mostShelves),
  decide: ({ scope, body, ifMatch, newId, now }, state) => {
    expectVersion(ifMatch, state.settings.version);
    return switchView(scope.target.id, state, { on: body.on, operationId: newId('operation'), now });
  },
});
