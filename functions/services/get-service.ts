import * as z from 'zod';
import { answer, refuse } from '../../lib/kit/plan.ts';
import { notFound } from '../../lib/kit/problem.ts';
import { route } from '../../lib/kit/route.ts';
import { id } from '../../lib/kit/text.ts';
import { service, viewService } from '../../lib/services/service.ts';
import { readableService } from '../../lib/services/store.ts';

export const getService = route({
  id: 'getService',
  method: 'GET',
  path: '/v1/services/{serviceId}',
  summary: 'One service of yours, or one that you may hand on',
  permission: 'services.read',
  target: { home: ['PROVIDER', 'RESELLER'] },
  params: z.strictObject({ serviceId: id('service') }),
  reply: { status: 200, body: service },
  refuses: [],
  load: ({ home, params, scope }) => readableService(home, params.serviceId, scope),
  decide: (_, found) =>
    found ? answer(viewService(found.service), { version: found.service.version }) : refuse(notFound),
});
