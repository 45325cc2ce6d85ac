import * as z from 'zod';
import { administrator, viewAdministrator } from '../../lib/customers/administrator.ts';
import { administratorOf } from '../../lib/customers/store.ts';
import { answer, refuse } from '../../lib/kit/plan.ts';
import { notFound } from '../../lib/kit/problem.ts';
import { route } from '../../lib/kit/route.ts';
import { customerTypes } from '../../lib/kit/scope.ts';
import { id } from '../../lib/kit/text.ts';

export const getAdministrator = route({
  id: 'getAdministrator',
  method: 'GET',
  path: '/v1/customers/{customerId}/administrators/{personId}',
  summary: 'One administrator of the customer',
  permission: 'administrators.read',
  target: { param: 'customerId', types: customerTypes },
  params: z.strictObject({ customerId: id('customer'), personId: id('person') }),
  reply: { status: 200, body: administrator },
  refuses: [],
  load: ({ target, params }) => administratorOf(target, params.personId),
  decide: (_, found) =>
    found ? answer(viewAdministrator(found), { version: found.version }) : refuse(notFound),
});
