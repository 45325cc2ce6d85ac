import * as z from 'zod';
import { settings, toSettings } from '../../lib/customers/settings.ts';
import { defaultsOf } from '../../lib/customers/store.ts';
import { answer } from '../../lib/kit/plan.ts';
import { route } from '../../lib/kit/route.ts';
import { id } from '../../lib/kit/text.ts';

export const getDefaultSettings = route({
  id: 'getDefaultSettings',
  method: 'GET',
  path: '/v1/providers/{providerId}/default-settings',
  summary: 'What holds for customers that say nothing else',
  permission: 'customers.list',
  target: { param: 'providerId', types: ['PROVIDER'] },
  params: z.strictObject({ providerId: id('provider') }),
  reply: { status: 200, body: settings },
  refuses: [],
  load: ({ target }) => defaultsOf(target),
  decide: (_, stored) => answer(toSettings(stored), { version: Number(stored?.version ?? 0) }),
});
