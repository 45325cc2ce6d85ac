import { reportOf } from '../../lib/endpoints/hearing-store.ts';
import { machineReport } from '../../lib/endpoints/report.ts';
import { answer, refuse } from '../../lib/kit/plan.ts';
import { notFound } from '../../lib/kit/problem.ts';
import { route } from '../../lib/kit/route.ts';
import { oneMachine } from './one-machine.ts';

export const getMachineInventory = route({
  ...oneMachine,
  id: 'getMachineInventory',
  method: 'GET',
  path: '/v1/customers/{customerId}/machines/{machineId}/inventory',
  summary: 'What a machine reported of itself last',
  permission: 'console.read',
  reply: { status: 200, body: machineReport },
  refuses: [],
  load: ({ target, params }) => reportOf(target, params.machineId),
  decide: (_, report) => {
    const found = report ?? refuse(notFound);
    return answer(found, { version: found.sequence });
  },
});
