import * as z from 'zod';
import { expectVersion } from '../../lib/kit/plan.ts';
import { route } from '../../lib/kit/route.ts';
import { id } from '../../lib/kit/text.ts';
import { nameTaken } from '../../lib/platform/problems.ts';
import { changedProvider, changeProvider, provider } from '../../lib/platform/provider.ts';

export const updateProvider = route({
  id: 'updateProvider',
  method: 'PATCH',
  path: '/v1/providers/{providerId}',
  summary: 'Rename a provider or change what it says of itself',
  permission: 'providers.update',
  target: { param: 'providerId', types: ['PROVIDER'] },
  params: z.strictObject({ providerId: id('provider') }),
  body: changedProvider,
  ifMatch: true,
  reply: { status: 200, body: provider },
  refuses: [nameTaken],
  decide: ({ scope, body, ifMatch }) => {
    expectVersion(ifMatch, scope.target.version);
    return changeProvider(scope.target, body);
  },
});
