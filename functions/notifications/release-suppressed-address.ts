import * as z from 'zod';
import { refuse } from '../../lib/kit/plan.ts';
import { notFound } from '../../lib/kit/problem.ts';
import { route } from '../../lib/kit/route.ts';
import { customerTypes } from '../../lib/kit/scope.ts';
import { id } from '../../lib/kit/text.ts';
import { suppressionOf } from '../../lib/notifications/store.ts';
import { release, suppressionId } from '../../lib/notifications/suppression.ts';

export const releaseSuppressedAddress = route({
  id: 'releaseSuppressedAddress',
  method: 'DELETE',
  path: '/v1/customers/{customerId}/suppressed-addresses/{addressId}',
  summary: 'Let notices go to an address again',
  permission: 'notifications.manage',
  target: { param: 'customerId', types: customerTypes },
  params: z.strictObject({ customerId: id('customer'), addressId: suppressionId }),
  ifMatch: true,
  reply: { status: 204 },
  refuses: [],
  load: ({ target, params }) => suppressionOf(target, params.addressId),
  decide: ({ scope, ifMatch }, found) => release(scope.target.id, found ?? refuse(notFound), ifMatch),
});
