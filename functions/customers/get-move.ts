import * as z from 'zod';
import { movement } from '../../lib/customers/move.ts';
import { operationOf } from '../../lib/customers/store.ts';
import { answer, refuse } from '../../lib/kit/plan.ts';
import { notFound } from '../../lib/kit/problem.ts';
import { route } from '../../lib/kit/route.ts';
import { id } from '../../lib/kit/text.ts';

export const getMove = route({
  id: 'getMove',
  method: 'GET',
  path: '/v1/moves/{operationId}',
  summary: 'How far a move is',
  permission: 'customers.move',
  target: { home: ['PROVIDER', 'RESELLER'] },
  params: z.strictObject({ operationId: id('operation') }),
  reply: { status: 200, body: movement },
  refuses: [],
  load: async ({ provider, params, scope }) =>
    operationOf(provider ?? (await scope()).home.path[1] ?? '', params.operationId),
  decide: ({ scope }, found) => {
    if (found?.kind !== 'move') refuse(notFound);
    if (scope.home.type === 'RESELLER' && found.askedAt !== scope.home.id) refuse(notFound);
    const { operationId, customerId, fromId, toId, status, nodes, lost } = movement.strip().parse(found);
    return answer(
      { operationId, customerId, fromId, toId, status, nodes, lost },
      { version: Number(found.version) },
    );
  },
});
