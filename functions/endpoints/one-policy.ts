import * as z from 'zod';
import { customerTypes } from '../../lib/kit/scope.ts';
import { id } from '../../lib/kit/text.ts';

/** What the routes of one policy have in common. */
export const onePolicy = {
  path: '/v1/customers/{customerId}/policies/{policyId}',
  target: { param: 'customerId', types: customerTypes },
  params: z.strictObject({ customerId: id('customer'), policyId: id('policy') }),
} as const;
