import * as z from 'zod';
import { settingLocked } from '../../lib/customers/problems.ts';
import { changeSettings as change, changedSettings, settings } from '../../lib/customers/settings.ts';
import { lineAbove } from '../../lib/customers/store.ts';
import { expectVersion } from '../../lib/kit/plan.ts';
import { route } from '../../lib/kit/route.ts';
import { customerTypes } from '../../lib/kit/scope.ts';
import { id } from '../../lib/kit/text.ts';

export const changeSettings = route({
  id: 'changeSettings',
  method: 'PATCH',
  path: '/v1/customers/{customerId}/settings',
  summary: 'Set what a customer does not inherit, and lock what nobody below may change',
  permission: 'customers.supply',
  target: { param: 'customerId', types: customerTypes },
  params: z.strictObject({ customerId: id('customer') }),
  body: changedSettings,
  ifMatch: true,
  reply: { status: 200, body: settings },
  refuses: [settingLocked],
  load: async ({ scope }) => lineAbove((await scope()).target.path),
  decide: ({ scope, body, ifMatch }, above) => {
    expectVersion(ifMatch, scope.target.version);
    return change(scope.target, body, above);
  },
});
