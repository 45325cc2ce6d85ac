import * as z from 'zod';
import { removeAdministrator as remove } from '../../lib/customers/administrator.ts';
import { lastAdministrator } from '../../lib/customers/problems.ts';
import { administratorOf, anotherAdministrator } from '../../lib/customers/store.ts';
import { expectVersion, refuse } from '../../lib/kit/plan.ts';
import { notFound } from '../../lib/kit/problem.ts';
import { route } from '../../lib/kit/route.ts';
import { customerTypes } from '../../lib/kit/scope.ts';
import { id } from '../../lib/kit/text.ts';

export const removeAdministrator = route({
  id: 'removeAdministrator',
  method: 'DELETE',
  path: '/v1/customers/{customerId}/administrators/{personId}',
  summary: 'Take the administrator’s role: out at the next request; the last one stays',
  permission: 'administrators.manage',
  target: { param: 'customerId', types: customerTypes },
  params: z.strictObject({ customerId: id('customer'), personId: id('person') }),
  dryRun: true,
  ifMatch: true,
  reply: { status: 204 },
  refuses: [lastAdministrator],
  load: async ({ target, params }) => {
    const [current, other] = await Promise.all([
      administratorOf(target, params.personId),
      anotherAdministrator(target, params.personId),
    ]);
    return { current, other };
  },
  decide: ({ ifMatch }, { current, other }) => {
    if (!current) refuse(notFound);
    expectVersion(ifMatch, current.version);
    return remove(current, other);
  },
});
