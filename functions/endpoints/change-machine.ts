import * as z from 'zod';
import { groupUnknown } from '../../lib/endpoints/console-problems.ts';
import { change } from '../../lib/endpoints/machine-change.ts';
import { machineAndGroups } from '../../lib/endpoints/machine-store.ts';
import { refuse } from '../../lib/kit/plan.ts';
import { notFound } from '../../lib/kit/problem.ts';
import { route } from '../../lib/kit/route.ts';
import { id, name } from '../../lib/kit/text.ts';
import { oneMachine, shown } from './one-machine.ts';

export const changeMachine = route({
  ...oneMachine,
  id: 'changeMachine',
  method: 'PATCH',
  path: '/v1/customers/{customerId}/machines/{machineId}',
  summary: 'Give a machine another name or group',
  description: 'Another group may mean another policy: the machine reads it after its next heartbeat.',
  permission: 'console.manage',
  body: z.strictObject({ name: name(64), groupId: id('machineGroup') }).partial(),
  ifMatch: true,
  refuses: [groupUnknown],
  load: ({ target, params, body }) => machineAndGroups(target, params.machineId, body.groupId),
  decide: ({ body, ifMatch, now }, found) => {
    const { sight, groups } = found ?? refuse(notFound);
    const { after, ...plan } = change(sight.machine, body, { groups, ifMatch });
    return { ...plan, reply: { body: shown({ ...sight, machine: after }, now), version: after.version } };
  },
});
