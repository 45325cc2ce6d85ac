import * as z from 'zod';
import { accessKey } from '../../lib/kit/keys.ts';
import { route } from '../../lib/kit/route.ts';
import { customerTypes } from '../../lib/kit/scope.ts';
import { id } from '../../lib/kit/text.ts';
import { management, setManagement as set } from '../../lib/licensing/management.ts';
import { needsConsent } from '../../lib/licensing/problems.ts';
import { managementOf } from '../../lib/licensing/seat-store.ts';

export const setManagement = route({
  id: 'setManagement',
  method: 'PUT',
  path: '/v1/customers/{customerId}/management',
  summary: 'Say who manages a customer, and whom notices of its licences are for',
  description:
    'Both are BOTH, under the ETag `"0"`, until somebody says otherwise. A customer that has decided about access to its console is managed by the partner alone only once its administrators have handed it over.',
  permission: 'management.manage',
  target: { param: 'customerId', types: customerTypes, below: true },
  params: z.strictObject({ customerId: id('customer') }),
  body: management,
  ifMatch: true,
  reply: { status: 200, body: management },
  refuses: [needsConsent],
  alongside: ({ target }) => [accessKey(target)],
  load: async ({ target, alongside }) => {
    const [before, [access]] = await Promise.all([managementOf(target), alongside()]);
    return { before, access };
  },
  decide: ({ scope, body, ifMatch }, found) => set({ customerId: scope.target.id, ...found }, body, ifMatch),
});
