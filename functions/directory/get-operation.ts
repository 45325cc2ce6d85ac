import * as z from 'zod';
import { operationOf } from '../../lib/directory/import-store.ts';
import { operation, viewOperation } from '../../lib/directory/operation.ts';
import { answer, refuse } from '../../lib/kit/plan.ts';
import { notFound } from '../../lib/kit/problem.ts';
import { route } from '../../lib/kit/route.ts';
import { id } from '../../lib/kit/text.ts';

export const getOperation = route({
  id: 'getOperation',
  method: 'GET',
  path: '/v1/operations/{operationId}',
  summary: 'How far work in the background is',
  permission: 'operations.read',
  target: { home: ['PROVIDER'] },
  params: z.strictObject({ operationId: id('operation') }),
  reply: { status: 200, body: operation },
  refuses: [],
  load: ({ home, params }) => operationOf(home, params.operationId),
  decide: ({ now }, found) =>
    found ? answer(viewOperation(found, now), { version: found.version }) : refuse(notFound),
});
