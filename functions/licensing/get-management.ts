import * as z from 'zod';
import { answer } from '../../lib/kit/plan.ts';
import { route } from '../../lib/kit/route.ts';
import { customerTypes } from '../../lib/kit/scope.ts';
import { id } from '../../lib/kit/text.ts';
import { management, viewManagement } from '../../lib/licensing/management.ts';
import { managementOf } from '../../lib/licensing/seat-store.ts';

export const getManagement = route({
  id: 'getManagement',
  method: 'GET',
  path: '/v1/customers/{customerId}/management',
  summary: 'Who manages a customer, and whom notices of its licences are for',
  permission: 'subscriptions.read',
  target: { param: 'customerId', types: customerTypes },
  params: z.strictObject({ customerId: id('customer') }),
  reply: { status: 200, body: management },
  refuses: [],
  load: ({ target }) => managementOf(target),
  decide: (_, found) => answer(viewManagement(found), { version: found.version }),
});
