import * as z from 'zod';
import { answer, refuse } from '../../lib/kit/plan.ts';
import { notFound } from '../../lib/kit/problem.ts';
import { route } from '../../lib/kit/route.ts';
import { customerTypes } from '../../lib/kit/scope.ts';
import { id } from '../../lib/kit/text.ts';
import { suppressionOf } from '../../lib/notifications/store.ts';
import { suppressionId, suppressionView, viewSuppression } from '../../lib/notifications/suppression.ts';

export const getSuppressedAddress = route({
  id: 'getSuppressedAddress',
  method: 'GET',
  path: '/v1/customers/{customerId}/suppressed-addresses/{addressId}',
  summary: 'Why an address gets no more notices',
  permission: 'notifications.read',
  target: { param: 'customerId', types: customerTypes },
  params: z.strictObject({ customerId: id('customer'), addressId: suppressionId }),
  reply: { status: 200, body: suppressionView },
  refuses: [],
  load: ({ target, params }) => suppressionOf(target, params.addressId),
  decide: (_, found) =>
    found ? answer(viewSuppression(found), { version: found.version }) : refuse(notFound),
});
