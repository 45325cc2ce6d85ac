import { answer, refuse } from '../../lib/kit/plan.ts';
import { notFound } from '../../lib/kit/problem.ts';
import { route } from '../../lib/kit/route.ts';
import { oneMachine, shown } from './one-machine.ts';

export const getMachine = route({
  ...oneMachine,
  id: 'getMachine',
  method: 'GET',
  path: '/v1/customers/{customerId}/machines/{machineId}',
  summary: 'One machine: how it is arranged, and what was heard of it',
  description: 'The ETag is that of name and group: it stays the same whatever the machine reports.',
  permission: 'console.read',
  refuses: [],
  decide: ({ now }, found) => {
    const sight = found ?? refuse(notFound);
    return answer(shown(sight, now), { version: sight.machine.version });
  },
});
