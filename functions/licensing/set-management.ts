import * as z from 'zod';
import { route } from '../../lib/kit/route.ts';
import { customerTypes } from '../../lib/kit/scope.ts';
import { id } from '../../lib/kit/text.ts';
import { management, setManagement as set } from '../../lib/licensing/management.ts';
import { managementOf } from '../../lib/licensing/seat-store.ts';

export const setManagement = route({
  id: 'setManagement',
  method: 'PUT',
  path: '/v1/customers/{customerId}/management',
  summary: 'Say who manages a customer, and whom notices of its licences are for',
  description: 'Both are BOTH, under the ETag `"0"`, until somebody says otherwise.',
  permission: 'management.manage',
  target: { param: 'customerId', types: customerTypes, below: true },
  params: z.strictObject({ customerId: id('customer') }),
  body: management,
  ifMatch: true,
  reply: { status: 200, body: management },
  refuses: [],
  load: ({ target }) => managementOf(target),
  decide: ({ scope, body, ifMatch }, before) => set({ customerId: scope.target.id, before }, body, ifMatch),
});
