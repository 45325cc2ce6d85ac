import * as z from 'zod';
import { packagePage } from '../../lib/endpoints/console-store.ts';
import { packageView, viewPackage } from '../../lib/endpoints/package.ts';
import { answer } from '../../lib/kit/plan.ts';
import { pageOf, route } from '../../lib/kit/route.ts';
import { customerTypes } from '../../lib/kit/scope.ts';
import { id } from '../../lib/kit/text.ts';

export const listPackages = route({
  id: 'listPackages',
  method: 'GET',
  path: '/v1/customers/{customerId}/packages',
  summary: 'Installation packages of a customer, the newest first',
  permission: 'console.read',
  target: { param: 'customerId', types: customerTypes },
  params: z.strictObject({ customerId: id('customer') }),
  page: true,
  reply: { status: 200, body: pageOf(packageView) },
  refuses: [],
  load: ({ target, query, position }) => packagePage(target, query.limit, position),
  decide: ({ now, seal }, { packages, next }) =>
    answer({ items: packages.map((one) => viewPackage(one, now)), nextCursor: next && seal(next) }),
});
