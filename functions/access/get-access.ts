import * as z from 'zod';
import { toGrant } from '../../lib/access/grant.ts';
import { standingOf } from '../../lib/access/store.ts';
import { accessView, viewAccess } from '../../lib/access/view.ts';
import { answer } from '../../lib/kit/plan.ts';
import { route } from '../../lib/kit/route.ts';
import { customerTypes } from '../../lib/kit/scope.ts';
import { id } from '../../lib/kit/text.ts';

export const getAccess = route({
  id: 'getAccess',
  method: 'GET',
  path: '/v1/customers/{customerId}/access',
  summary: 'What the partner may do in a customer’s console, and what it asks for',
  permission: 'access.read',
  target: { param: 'customerId', types: customerTypes },
  params: z.strictObject({ customerId: id('customer') }),
  reply: { status: 200, body: accessView },
  refuses: [],
  load: ({ target }) => standingOf(target),
  decide: ({ scope, now }, standing) => {
    const grant = toGrant(standing.grant);
    return answer(viewAccess(grant, { ...standing, path: scope.target.path }, now), {
      version: grant.version,
    });
  },
});
