import * as z from 'zod';
import { flag, route } from '../../lib/kit/route.ts';
import { customerTypes } from '../../lib/kit/scope.ts';
import { id } from '../../lib/kit/text.ts';
import { allocate, newTerms } from '../../lib/licensing/allocation.ts';
import { licences } from '../../lib/licensing/licences.ts';
import { limitBelowUse, poolExhausted, tooManyToUnmanage } from '../../lib/licensing/problems.ts';
import { accountAndNewest, providerFor } from '../../lib/licensing/store.ts';

export const setLicences = route({
  id: 'setLicences',
  method: 'PUT',
  path: '/v1/customers/{customerId}/licences',
  summary: 'Set a customer’s licence model and limits',
  description:
    'Replaces model and limits as a whole: under ALLOCATED a resource type that is left out is not offered (limit 0). Before the first setting the ETag is `"0"`. A limit below use is refused, or with `force=true` stops monitoring the items managed last.',
  permission: 'licences.allocate',
  target: { param: 'customerId', types: customerTypes },
  params: z.strictObject({ customerId: id('customer') }),
  query: z.strictObject({ force: flag.default(false) }),
  body: newTerms,
  dryRun: true,
  ifMatch: true,
  reply: { status: 200, body: licences },
  refuses: [poolExhausted, limitBelowUse, tooManyToUnmanage],
  load: async (input) => {
    const of = { customerId: input.target, providerId: await providerFor(input) };
    return accountAndNewest(of, input.query.force);
  },
  decide: ({ scope, body, ifMatch, now }, { account, newest }) =>
    allocate({ ...account, customer: scope.target }, body, { now, ifMatch, newest }),
});
