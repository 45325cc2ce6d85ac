import { route } from '../../lib/kit/route.ts';
import { codeTaken } from '../../lib/services/problems.ts';
import { addService, newService, service } from '../../lib/services/service.ts';

export const createService = route({
  id: 'createService',
  method: 'POST',
  path: '/v1/services',
  summary: 'Define a service for the whole tree',
  permission: 'services.manage',
  target: { home: ['PROVIDER'] },
  body: newService,
  reply: { status: 201, body: service },
  refuses: [codeTaken],
  decide: ({ scope, body, newId, now }) =>
    addService(body, { id: newId('service'), providerId: scope.home.id, now }),
});
