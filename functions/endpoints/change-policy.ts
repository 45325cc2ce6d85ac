import { policyNameTaken } from '../../lib/endpoints/console-problems.ts';
import { policyOf } from '../../lib/endpoints/console-store.ts';
import { policyContent, policyView } from '../../lib/endpoints/policy.ts';
import { changePolicy as change } from '../../lib/endpoints/policy-change.ts';
import { route } from '../../lib/kit/route.ts';
import { onePolicy } from './one-policy.ts';

export const changePolicy = route({
  ...onePolicy,
  id: 'changePolicy',
  method: 'PUT',
  summary: 'Put a new version of a policy in force, wherever it is given',
  description: 'The last 50 versions are kept. What is the same as before makes none.',
  permission: 'console.manage',
  body: policyContent,
  ifMatch: true,
  reply: { status: 200, body: policyView },
  refuses: [policyNameTaken],
  load: ({ target, params }) => policyOf(target, params.policyId),
  decide: ({ params, body, scope, ifMatch, now }, before) =>
    change(params.customerId, before, { content: body, by: scope.actor.id, ifMatch, now }),
});
