import * as z from 'zod';
import { route } from '../../lib/kit/route.ts';
import { customerTypes } from '../../lib/kit/scope.ts';
import { id } from '../../lib/kit/text.ts';
import { importReport, importUsers as land, readRows } from '../../lib/users/import.ts';
import { importNeedsFirst, importTooLong, importUnreadable, namesMove } from '../../lib/users/problems.ts';
import { around, takenBy } from '../../lib/users/store.ts';

export const importUsers = route({
  id: 'importUsers',
  method: 'POST',
  path: '/v1/customers/{customerId}/user-imports',
  summary: 'Add users from a CSV file, with a result per row',
  description:
    'A heading of `firstName,lastName,upn` and, where wanted, `displayName,userName,expiresOn,testUser`; at most 32 rows; send longer files in parts. Good rows land together; blank and wrong rows are told with line and field. An import gives no roles and no services.',
  permission: 'users.manage',
  target: { param: 'customerId', types: customerTypes },
  params: z.strictObject({ customerId: id('customer') }),
  body: z.string(),
  accepts: ['text/csv'],
  reply: { status: 200, body: importReport },
  refuses: [importUnreadable, importTooLong, importNeedsFirst, namesMove],
  load: async ({ body, scope }) => {
    const { target } = await scope();
    const rows = readRows(body);
    const [found, taken] = await Promise.all([around(target), takenBy(target, rows)]);
    return { rows, around: found, taken };
  },
  decide: ({ scope, newId, now }, loaded) => land(scope.target, loaded, { newId: () => newId('user'), now }),
});
