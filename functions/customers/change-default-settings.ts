import * as z from 'zod';
import { changeDefaults, changedSettings, settings } from '../../lib/customers/settings.ts';
import { defaultsOf } from '../../lib/customers/store.ts';
import { expectVersion } from '../../lib/kit/plan.ts';
import { route } from '../../lib/kit/route.ts';
import { id } from '../../lib/kit/text.ts';

export const changeDefaultSettings = route({
  id: 'changeDefaultSettings',
  method: 'PATCH',
  path: '/v1/providers/{providerId}/default-settings',
  summary: 'Set what holds for customers that say nothing else, and lock what nobody below may change',
  permission: 'customers.supply',
  target: { param: 'providerId', types: ['PROVIDER'] },
  params: z.strictObject({ providerId: id('provider') }),
  body: changedSettings,
  ifMatch: true,
  reply: { status: 200, body: settings },
  refuses: [],
  load: ({ target }) => defaultsOf(target),
  decide: ({ scope, body, ifMatch }, stored) => {
    expectVersion(ifMatch, Number(stored?.version ?? 0));
    return changeDefaults(scope.target.id, body, stored);
  },
});
