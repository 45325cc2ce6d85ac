import { customerTarget, entryPath } from '../../lib/credits/commands.ts';
import { entryView, previousAtOf, viewOf } from '../../lib/credits/entry.ts';
import { entryAt } from '../../lib/credits/store.ts';
import { answer, refuse } from '../../lib/kit/plan.ts';
import { notFound } from '../../lib/kit/problem.ts';
import { route } from '../../lib/kit/route.ts';

export const getEntry = route({
  id: 'getEntry',
  method: 'GET',
  path: '/v1/customers/{customerId}/credits/entries/{entryId}',
  summary: 'One entry of the ledger',
  permission: 'credits.read',
  target: customerTarget,
  params: entryPath,
  reply: { status: 200, body: entryView },
  refuses: [],
  load: ({ target, params }) => entryAt(target, previousAtOf(params.entryId)),
  decide: ({ scope }, found) =>
    found ? answer(viewOf(scope.target.id, found), { version: found.seq }) : refuse(notFound),
});
