import * as z from 'zod';
import { expectVersion, refuse } from '../../lib/kit/plan.ts';
import { notFound } from '../../lib/kit/problem.ts';
import { route } from '../../lib/kit/route.ts';
import { id } from '../../lib/kit/text.ts';
import { changeService as change, changedService, service } from '../../lib/services/service.ts';
import { serviceOf } from '../../lib/services/store.ts';

export const changeService = route({
  id: 'changeService',
  method: 'PATCH',
  path: '/v1/services/{serviceId}',
  summary: 'Rename a service or describe it anew',
  permission: 'services.manage',
  target: { home: ['PROVIDER'] },
  params: z.strictObject({ serviceId: id('service') }),
  body: changedService,
  ifMatch: true,
  reply: { status: 200, body: service },
  refuses: [],
  load: ({ home, params }) => serviceOf(home, params.serviceId),
  decide: ({ scope, body, ifMatch }, found) => {
    if (!found) refuse(notFound);
    expectVersion(ifMatch, found.version);
    return change(scope.home.id, found, body);
  },
});
