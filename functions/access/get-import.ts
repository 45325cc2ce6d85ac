import * as z from 'zod';
import { importId, importView, tagOf, viewImport } from '../../lib/access/import.ts';
import { importOf } from '../../lib/access/import-store.ts';
import { answer, refuse } from '../../lib/kit/plan.ts';
import { notFound } from '../../lib/kit/problem.ts';
import { route } from '../../lib/kit/route.ts';

export const getImport = route({
  id: 'getImport',
  method: 'GET',
  path: '/v1/customer-imports/{importId}',
  summary: 'Read an import',
  permission: 'imports.read',
  target: { home: ['PROVIDER', 'RESELLER'] },
  params: z.strictObject({ importId }),
  reply: { status: 200, body: importView },
  refuses: [],
  load: ({ home, params }) => importOf(home, params.importId),
  decide: ({ now }, { one = refuse(notFound) }) => answer(viewImport(one, now), { version: tagOf(one, now) }),
});
