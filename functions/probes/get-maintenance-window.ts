import { answer } from '../../lib/kit/plan.ts';
import { route } from '../../lib/kit/route.ts';
import { found } from '../../lib/probes/setup.ts';
import { viewWindow, windowView } from '../../lib/probes/window.ts';
import { oneWindow } from './one-window.ts';

export const getMaintenanceWindow = route({
  ...oneWindow,
  id: 'getMaintenanceWindow',
  method: 'GET',
  summary: 'One time in which outages of a customer’s probes are not told',
  permission: 'probes.read',
  reply: { status: 200, body: windowView },
  refuses: [],
  decide: ({ now }, one) => {
    const window = found(one);
    return answer(viewWindow(window, now), { version: window.version });
  },
});
