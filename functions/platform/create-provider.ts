import { addressInUse } from '../../lib/kit/membership.ts';
import { route } from '../../lib/kit/route.ts';
import { domainTaken, nameTaken } from '../../lib/platform/problems.ts';
import { addProvider, newProvider, provider } from '../../lib/platform/provider.ts';

export const createProvider = route({
  id: 'createProvider',
  method: 'POST',
  path: '/v1/providers',
  summary: 'Add a provider with its first system administrator',
  permission: 'providers.create',
  target: { home: ['PLATFORM'] },
  body: newProvider,
  reply: { status: 201, body: provider },
  refuses: [nameTaken, domainTaken, addressInUse],
  decide: ({ body, newId, now }) =>
    addProvider(body, { id: newId('provider'), personId: newId('person'), now }),
});
