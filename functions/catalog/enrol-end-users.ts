import * as z from 'zod';
import { enrolEverybody } from '../../lib/catalog/enrol.ts';
import { catalogueOperation } from '../../lib/catalog/work.ts';
import { settingsOf } from '../../lib/catalog/work-store.ts';
import { route } from '../../lib/kit/route.ts';
import { customerTypes } from '../../lib/kit/scope.ts';
import { id } from '../../lib/kit/text.ts';

export const enrolEndUsers = route({
  id: 'enrolEndUsers',
  method: 'POST',
  path: '/v1/customers/{customerId}/enrolments',
  summary: 'Go through everybody of a customer once more: who may sign in to its catalogue',
  description:
    'People and users are enrolled by themselves; this is for customers older than their catalogue, and for addresses that were taken at the time.',
  permission: 'marketplaces.manage',
  target: { param: 'customerId', types: customerTypes },
  params: z.strictObject({ customerId: id('customer') }),
  reply: { status: 202, body: catalogueOperation },
  refuses: [],
  load: ({ target }) => settingsOf(target),
  decide: ({ scope, newId, now }, settings) =>
    enrolEverybody(scope.target.id, settings, { operationId: newId('operation'), now }),
});
