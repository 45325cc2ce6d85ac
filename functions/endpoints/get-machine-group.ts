import { groupWithPolicy } from '../../lib/endpoints/console-store.ts';
import { groupSummary, summarizeGroup } from '../../lib/endpoints/group.ts';
import { effectiveDocument } from '../../lib/endpoints/policy.ts';
import { answer, refuse } from '../../lib/kit/plan.ts';
import { notFound } from '../../lib/kit/problem.ts';
import { route } from '../../lib/kit/route.ts';
import { oneGroup } from './one-group.ts';

export const getMachineGroup = route({
  ...oneGroup,
  id: 'getMachineGroup',
  method: 'GET',
  summary: 'A group of machines, with the policy that they have and where that comes from',
  permission: 'console.read',
  reply: {
    status: 200,
    body: groupSummary.extend({
      effectivePolicy: effectiveDocument.describe('Its own, or of a group above'),
    }),
  },
  refuses: [],
  load: ({ target, params }) => groupWithPolicy(target, params.groupId),
  decide: (_, found) => {
    const { group, effective } = found ?? refuse(notFound);
    return answer({ ...summarizeGroup(group), effectivePolicy: effective }, { version: group.version });
  },
});
