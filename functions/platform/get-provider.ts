import * as z from 'zod';
import { answer } from '../../lib/kit/plan.ts';
import { route } from '../../lib/kit/route.ts';
import { id } from '../../lib/kit/text.ts';
import { provider, toProvider } from '../../lib/platform/provider.ts';

export const getProvider = route({
  id: 'getProvider',
  method: 'GET',
  path: '/v1/providers/{providerId}',
  summary: 'One provider',
  permission: 'providers.read',
  target: { param: 'providerId', types: ['PROVIDER'] },
  params: z.strictObject({ providerId: id('provider') }),
  reply: { status: 200, body: provider },
  refuses: [],
  decide: ({ scope }) => answer(toProvider(scope.target.item), { version: scope.target.version }),
});
