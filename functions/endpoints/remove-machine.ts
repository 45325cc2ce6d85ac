import { remove } from '../../lib/endpoints/machine-change.ts';
import { machineAndSeat } from '../../lib/endpoints/machine-store.ts';
import { refuse } from '../../lib/kit/plan.ts';
import { notFound } from '../../lib/kit/problem.ts';
import { route } from '../../lib/kit/route.ts';
import { oneMachine } from './one-machine.ts';

export const removeMachine = route({
  ...oneMachine,
  id: 'removeMachine',
  method: 'DELETE',
  path: '/v1/customers/{customerId}/machines/{machineId}',
  summary: 'Remove a machine: its seat is free, its certificate out at the next call',
  description: 'The machine is told to uninstall when it calls the next time.',
  permission: 'console.manage',
  ifMatch: true,
  dryRun: true,
  reply: { status: 204 },
  refuses: [],
  load: ({ target, params, now }) => machineAndSeat(target, params.machineId, now),
  decide: ({ now, ifMatch }, found) => {
    const { machine, ...of } = found ?? refuse(notFound);
    return { ...remove(machine, of, { now, ifMatch }), reply: { status: 204 } };
  },
});
