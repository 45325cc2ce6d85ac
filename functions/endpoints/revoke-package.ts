import * as z from 'zod';
import { packageRevoked } from '../../lib/endpoints/console-problems.ts';
import { packageOf } from '../../lib/endpoints/console-store.ts';
import { packageView, revokePackage as revoke } from '../../lib/endpoints/package.ts';
import { route } from '../../lib/kit/route.ts';
import { customerTypes } from '../../lib/kit/scope.ts';
import { id } from '../../lib/kit/text.ts';

export const revokePackage = route({
  id: 'revokePackage',
  method: 'POST',
  path: '/v1/customers/{customerId}/packages/{packageId}/revoke',
  summary: 'Revoke an installation package: no machine enrols with it any more',
  description: 'Machines that did stay as they are.',
  permission: 'console.manage',
  target: { param: 'customerId', types: customerTypes },
  params: z.strictObject({ customerId: id('customer'), packageId: id('installationPackage') }),
  reply: { status: 200, body: packageView },
  refuses: [packageRevoked],
  load: ({ target, params }) => packageOf(target, params.packageId),
  decide: ({ params, now }, found) => revoke(params.customerId, found, now),
});
