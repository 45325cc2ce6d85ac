import * as z from 'zod';
import { answer } from '../../lib/kit/plan.ts';
import { route } from '../../lib/kit/route.ts';
import { customerTypes } from '../../lib/kit/scope.ts';
import { id } from '../../lib/kit/text.ts';
import { licences, viewLicences } from '../../lib/licensing/licences.ts';
import { accountOf, providerFor } from '../../lib/licensing/store.ts';

export const getLicences = route({
  id: 'getLicences',
  method: 'GET',
  path: '/v1/customers/{customerId}/licences',
  summary: 'A customer’s licence model, limits, use and alert state',
  description: 'The ETag is that of model and limits; use alone does not change it.',
  permission: 'licences.read',
  target: { param: 'customerId', types: customerTypes },
  params: z.strictObject({ customerId: id('customer') }),
  reply: { status: 200, body: licences },
  refuses: [],
  load: async (input) => accountOf({ customerId: input.target, providerId: await providerFor(input) }, true),
  decide: (_, account) => answer(viewLicences(account), { version: account.terms.version }),
});
