import * as z from 'zod';
import {
  groupNameTaken,
  groupsTooDeep,
  groupUnknown,
  policyUnknown,
  tooManyGroups,
} from '../../lib/endpoints/console-problems.ts';
import { besideConsole, groupingOf } from '../../lib/endpoints/console-store.ts';
import { groupSummary, newGroup } from '../../lib/endpoints/group.ts';
import { addGroup } from '../../lib/endpoints/group-tree.ts';
import { route } from '../../lib/kit/route.ts';
import { customerTypes } from '../../lib/kit/scope.ts';
import { id } from '../../lib/kit/text.ts';

export const createMachineGroup = route({
  id: 'createMachineGroup',
  method: 'POST',
  path: '/v1/customers/{customerId}/machine-groups',
  summary: 'Add a group of machines',
  description: 'Every group stands below the default one, which is always there, at most five levels deep.',
  permission: 'console.manage',
  target: { param: 'customerId', types: customerTypes },
  params: z.strictObject({ customerId: id('customer') }),
  body: newGroup,
  reply: { status: 201, body: groupSummary },
  refuses: [tooManyGroups, groupsTooDeep, groupNameTaken, groupUnknown, policyUnknown],
  alongside: besideConsole,
  load: ({ target, body, alongside }) => groupingOf(target, body.policyId, { alongside }),
  decide: ({ body, newId }, found) => addGroup(found, body, { id: newId('machineGroup') }),
});
