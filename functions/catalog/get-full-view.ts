import * as z from 'zod';
import { fullView } from '../../lib/catalog/view-switch.ts';
import { settingsOf } from '../../lib/catalog/work-store.ts';
import { answer } from '../../lib/kit/plan.ts';
import { route } from '../../lib/kit/route.ts';
import { customerTypes } from '../../lib/kit/scope.ts';
import { id } from '../../lib/kit/text.ts';

export const getFullView = route({
  id: 'getFullView',
  method: 'GET',
  path: '/v1/customers/{customerId}/full-view',
  summary: 'Whether everyone of a customer sees all that is assigned to it',
  permission: 'assignments.read',
  target: { param: 'customerId', types: customerTypes },
  params: z.strictObject({ customerId: id('customer') }),
  reply: { status: 200, body: fullView },
  refuses: [],
  load: ({ target }) => settingsOf(target),
  decide: (_, settings) =>
    answer({ on: settings.fullView, operationId: null }, { version: settings.version }),
});
