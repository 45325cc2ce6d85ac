import * as z from 'zod';
import { askAgain } from '../../lib/access/ask.ts';
import { importId, importView } from '../../lib/access/import.ts';
import { importEnded, resentTooOften, resentTooSoon } from '../../lib/access/import-problems.ts';
import { importOf } from '../../lib/access/import-store.ts';
import { refuse } from '../../lib/kit/plan.ts';
import { notFound } from '../../lib/kit/problem.ts';
import { route } from '../../lib/kit/route.ts';

export const resendImport = route({
  id: 'resendImport',
  method: 'POST',
  path: '/v1/customer-imports/{importId}/resend',
  summary: 'Ask again: a new link, and 14 more days',
  description:
    'At most five times, and once in ten minutes. The link that was sent before leads nowhere from now on.',
  permission: 'imports.manage',
  target: { home: ['PROVIDER', 'RESELLER'] },
  params: z.strictObject({ importId }),
  reply: { status: 200, body: importView },
  refuses: [importEnded, resentTooSoon, resentTooOften],
  load: ({ home, params }) => importOf(home, params.importId),
  decide: ({ scope, now }, { one = refuse(notFound), open }) => askAgain(scope.home, { one, open }, now),
});
