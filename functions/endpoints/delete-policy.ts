import { policyAssigned } from '../../lib/endpoints/console-problems.ts';
import { consoleAndPolicy } from '../../lib/endpoints/console-store.ts';
import { deletePolicy as remove } from '../../lib/endpoints/policy-change.ts';
import { route } from '../../lib/kit/route.ts';
import { onePolicy } from './one-policy.ts';

export const deletePolicy = route({
  ...onePolicy,
  id: 'deletePolicy',
  method: 'DELETE',
  summary: 'Delete a policy that no group of machines is given',
  permission: 'console.manage',
  ifMatch: true,
  reply: { status: 204 },
  refuses: [policyAssigned],
  load: ({ target, params }) => consoleAndPolicy(target, params.policyId),
  decide: ({ ifMatch }, { console, policy }) => remove(console, policy, ifMatch),
});
