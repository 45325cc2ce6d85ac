import * as z from 'zod';
import { removal, viewRemoval } from '../../lib/access/removal.ts';
import { removalOf } from '../../lib/access/removal-store.ts';
import { answer, refuse } from '../../lib/kit/plan.ts';
import { notFound } from '../../lib/kit/problem.ts';
import { route } from '../../lib/kit/route.ts';
import { id } from '../../lib/kit/text.ts';

export const getRemoval = route({
  id: 'getRemoval',
  method: 'GET',
  path: '/v1/removal-plans/{removalId}',
  summary: 'A plan of removal, and its report once it was executed',
  description:
    'For who made it; and once it was executed by somebody above, for the reseller whose customer it was.',
  permission: 'removals.read',
  target: { home: ['PROVIDER', 'RESELLER'] },
  params: z.strictObject({ removalId: id('removal') }),
  reply: { status: 200, body: removal },
  refuses: [],
  load: ({ home, params }) => removalOf(home, params.removalId),
  decide: ({ now }, one = refuse(notFound)) => answer(viewRemoval(one, now), { version: one.version }),
});
