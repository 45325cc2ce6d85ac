import * as z from 'zod';
import { decide, decision } from '../../lib/access/decide.ts';
import { endOutOfRange, nothingAsked, nothingGiven, notNarrower } from '../../lib/access/problems.ts';
import { standingOf } from '../../lib/access/store.ts';
import { accessView } from '../../lib/access/view.ts';
import { route } from '../../lib/kit/route.ts';
import { customerTypes } from '../../lib/kit/scope.ts';
import { id } from '../../lib/kit/text.ts';

export const decideAccess = route({
  id: 'decideAccess',
  method: 'POST',
  path: '/v1/customers/{customerId}/access/decision',
  summary: 'Give the partner what it asks for, refuse it, take it back, or give less',
  description:
    'Bound by `If-Match` to what was read; to approve, `*` is not enough (428). What is approved is given to the organization that asked, for its people alone, in place of what another had. Taking back ends every session at its next request; giving less cuts running ones down at theirs.',
  permission: 'access.decide',
  target: { param: 'customerId', types: customerTypes },
  params: z.strictObject({ customerId: id('customer') }),
  body: decision,
  ifMatch: true,
  reply: { status: 200, body: accessView },
  refuses: [nothingAsked, nothingGiven, notNarrower, endOutOfRange],
  load: ({ target }) => standingOf(target),
  decide: ({ scope, body, ifMatch, now }, standing) =>
    decide(standing, body, { target: scope.target, actor: scope.actor, ifMatch, now }),
});
