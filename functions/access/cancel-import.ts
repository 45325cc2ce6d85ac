import * as z from 'zod';
import { cancel } from '../../lib/access/ask.ts';
import { importId, importView } from '../../lib/access/import.ts';
import { importEnded } from '../../lib/access/import-problems.ts';
import { importOf } from '../../lib/access/import-store.ts';
import { refuse } from '../../lib/kit/plan.ts';
import { notFound } from '../../lib/kit/problem.ts';
import { route } from '../../lib/kit/route.ts';

export const cancelImport = route({
  id: 'cancelImport',
  method: 'POST',
  path: '/v1/customer-imports/{importId}/cancel',
  summary: 'Take an import back: its link leads nowhere from now on',
  permission: 'imports.manage',
  target: { home: ['PROVIDER', 'RESELLER'] },
  params: z.strictObject({ importId }),
  reply: { status: 200, body: importView },
  refuses: [importEnded],
  load: ({ home, params }) => importOf(home, params.importId),
  decide: ({ scope, now }, { one = refuse(notFound), open }) => cancel(scope.home, { one, open }, now),
});
