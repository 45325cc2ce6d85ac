import * as z from 'zod';
import { customerTypes } from '../../lib/kit/scope.ts';
import { id } from '../../lib/kit/text.ts';

/** What the routes of one group of machines have in common. */
export const oneGroup = {
  path: '/v1/customers/{customerId}/machine-groups/{groupId}',
  target: { param: 'customerId', types: customerTypes },
  params: z.strictObject({ customerId: id('customer'), groupId: id('machineGroup') }),
} as const;
