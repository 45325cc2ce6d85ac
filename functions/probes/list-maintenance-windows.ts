import * as z from 'zod';
import { answer } from '../../lib/kit/plan.ts';
import { pageOf, route } from '../../lib/kit/route.ts';
import { customerTypes } from '../../lib/kit/scope.ts';
import { id } from '../../lib/kit/text.ts';
import { viewWindow, windowView } from '../../lib/probes/window.ts';
import { windowPage } from '../../lib/probes/window-store.ts';

export const listMaintenanceWindows = route({
  id: 'listMaintenanceWindows',
  method: 'GET',
  path: '/v1/customers/{customerId}/maintenance-windows',
  summary: 'Times in which outages of a customer’s probes are not told',
  description: 'The one planned last comes first. Those that are over are kept for 90 days.',
  permission: 'probes.read',
  target: { param: 'customerId', types: customerTypes },
  params: z.strictObject({ customerId: id('customer') }),
  page: true,
  reply: { status: 200, body: pageOf(windowView) },
  refuses: [],
  load: ({ target, query, position }) => windowPage(target, { limit: query.limit, after: position }),
  decide: ({ now, seal }, { windows, next }) =>
    answer({
      items: windows.map((one) => viewWindow(one, now)),
      nextCursor: next && seal(next),
    }),
});
