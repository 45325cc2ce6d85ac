import { policyAt, versionPage } from '../../lib/endpoints/console-store.ts';
import { policyVersionView } from '../../lib/endpoints/policy.ts';
import { answer, refuse } from '../../lib/kit/plan.ts';
import { notFound } from '../../lib/kit/problem.ts';
import { pageOf, route } from '../../lib/kit/route.ts';
import { onePolicy } from './one-policy.ts';

export const listPolicyVersions = route({
  ...onePolicy,
  path: `${onePolicy.path}/versions`,
  id: 'listPolicyVersions',
  method: 'GET',
  summary: 'Versions of a policy, the newest first',
  permission: 'console.read',
  page: true,
  reply: { status: 200, body: pageOf(policyVersionView) },
  refuses: [],
  load: async ({ target, params, query, position }) => {
    const of = { customerId: target, policyId: params.policyId };
    const [{ head }, read] = await Promise.all([
      policyAt(target, params.policyId, undefined),
      versionPage(of, query.limit, position),
    ]);
    return { head, ...read };
  },
  decide: ({ seal }, { head, versions, next }) => {
    if (!head) return refuse(notFound);
    return answer({ items: versions, nextCursor: next && seal(next) });
  },
});
