import * as z from 'zod';
import { resultPage } from '../../lib/directory/import-store.ts';
import { rowResult, writePlace } from '../../lib/directory/result.ts';
import { answer, refuse } from '../../lib/kit/plan.ts';
import { notFound } from '../../lib/kit/problem.ts';
import { pageOf, route } from '../../lib/kit/route.ts';
import { id } from '../../lib/kit/text.ts';

export const listOperationRows = route({
  id: 'listOperationRows',
  method: 'GET',
  path: '/v1/operations/{operationId}/rows',
  summary: 'Rows of an import that failed, or that landed, in their order; kept for 90 days',
  permission: 'operations.read',
  target: { home: ['PROVIDER'] },
  params: z.strictObject({ operationId: id('operation') }),
  page: true,
  query: z.strictObject({
    state: z
      .enum(['failed', 'succeeded'])
      .default('failed')
      .describe('`succeeded` lists what each row made instead'),
  }),
  reply: { status: 200, body: pageOf(rowResult) },
  refuses: [],
  load: ({ home, params, query, position }) =>
    resultPage(home, { ...query, operationId: params.operationId }, position),
  decide: ({ seal }, { operation, rows, rest }) => {
    if (!operation) refuse(notFound);
    return answer({ items: rows, nextCursor: rest && seal(writePlace(rest)) });
  },
});
