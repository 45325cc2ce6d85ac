import {
  defaultGroupStays,
  groupIntoItself,
  groupNameTaken,
  groupsTooDeep,
  groupUnknown,
  policyUnknown,
} from '../../lib/endpoints/console-problems.ts';
import { besideConsole, groupingOf } from '../../lib/endpoints/console-store.ts';
import { groupChange, groupSummary } from '../../lib/endpoints/group.ts';
import { changeGroup } from '../../lib/endpoints/group-tree.ts';
import { route } from '../../lib/kit/route.ts';
import { oneGroup } from './one-group.ts';

export const changeMachineGroup = route({
  ...oneGroup,
  id: 'changeMachineGroup',
  method: 'PATCH',
  summary: 'Rename or move a group of machines, or give it a policy',
  description:
    'Groups below have the policy of the nearest group above that has one. The default group’s ETag is `"0"` until somebody changes it.',
  permission: 'console.manage',
  body: groupChange,
  ifMatch: true,
  reply: { status: 200, body: groupSummary },
  refuses: [defaultGroupStays, groupIntoItself, groupsTooDeep, groupNameTaken, groupUnknown, policyUnknown],
  alongside: besideConsole,
  load: ({ target, body, alongside }) => groupingOf(target, body.policyId, { alongside }),
  decide: ({ params, body, ifMatch }, found) => changeGroup(found, { ...body, id: params.groupId }, ifMatch),
});
