import { route } from '../../lib/kit/route.ts';
import { endWindow } from '../../lib/probes/window.ts';
import { oneWindow } from './one-window.ts';

export const deleteMaintenanceWindow = route({
  ...oneWindow,
  id: 'deleteMaintenanceWindow',
  method: 'DELETE',
  summary: 'Take a maintenance window back, or end it before its time',
  description: 'Outages that were found in it and go on are told within six minutes.',
  permission: 'probes.manage',
  ifMatch: true,
  reply: { status: 204 },
  refuses: [],
  decide: ({ params, ifMatch }, one) => endWindow(params.customerId, one, { ifMatch }),
});
