import * as z from 'zod';
import { catalogueOperation, viewWork } from '../../lib/catalog/work.ts';
import { workAndSettings } from '../../lib/catalog/work-store.ts';
import { answer, refuse } from '../../lib/kit/plan.ts';
import { notFound } from '../../lib/kit/problem.ts';
import { route } from '../../lib/kit/route.ts';
import { customerTypes } from '../../lib/kit/scope.ts';
import { id } from '../../lib/kit/text.ts';

export const getCatalogueOperation = route({
  id: 'getCatalogueOperation',
  method: 'GET',
  path: '/v1/customers/{customerId}/catalogue-operations/{operationId}',
  summary: 'How far work of a customer’s catalogue in the background is',
  permission: 'marketplaces.read',
  target: { param: 'customerId', types: customerTypes },
  params: z.strictObject({ customerId: id('customer'), operationId: id('operation') }),
  reply: { status: 200, body: catalogueOperation },
  refuses: [],
  load: ({ target, params }) => workAndSettings(target, params.operationId),
  decide: ({ now }, { work, settings }) => {
    const found = work ?? refuse(notFound);
    return answer(viewWork(found, { settled: settings.settled, now }), { version: found.version });
  },
});
