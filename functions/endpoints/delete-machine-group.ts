import { defaultGroupStays, groupNotEmpty } from '../../lib/endpoints/console-problems.ts';
import { besideConsole, groupingOf } from '../../lib/endpoints/console-store.ts';
import { deleteGroup } from '../../lib/endpoints/group-tree.ts';
import { route } from '../../lib/kit/route.ts';
import { oneGroup } from './one-group.ts';

export const deleteMachineGroup = route({
  ...oneGroup,
  id: 'deleteMachineGroup',
  method: 'DELETE',
  summary: 'Delete a group that has neither machines nor groups',
  description: 'Installation packages of it go on: their machines come into the default group.',
  permission: 'console.manage',
  ifMatch: true,
  reply: { status: 204 },
  refuses: [defaultGroupStays, groupNotEmpty],
  alongside: besideConsole,
  load: ({ target, alongside }) => groupingOf(target, undefined, { alongside }),
  decide: ({ params, ifMatch }, found) => deleteGroup(found, params.groupId, ifMatch),
});
