import * as z from 'zod';
import { route } from '../../lib/kit/route.ts';
import { customerTypes } from '../../lib/kit/scope.ts';
import { id } from '../../lib/kit/text.ts';
import { tooManyWindows } from '../../lib/probes/problems.ts';
import { newWindow, planWindow, windowView } from '../../lib/probes/window.ts';
import { plannedOf } from '../../lib/probes/window-store.ts';

export const createMaintenanceWindow = route({
  id: 'createMaintenanceWindow',
  method: 'POST',
  path: '/v1/customers/{customerId}/maintenance-windows',
  summary: 'Plan a time in which outages of a customer’s probes are not told',
  description:
    'Nobody is mailed of an outage that is found in it, nor of its end. Where the probe is still down when the time is over, that is told then. The states of the probes are shown as ever.',
  permission: 'probes.manage',
  target: { param: 'customerId', types: customerTypes },
  params: z.strictObject({ customerId: id('customer') }),
  body: newWindow,
  reply: { status: 201, body: windowView },
  refuses: [tooManyWindows],
  load: ({ target, body }) => plannedOf(target, body.probeIds ?? []),
  decide: ({ params, body, scope, newId, now }, found) =>
    planWindow(params.customerId, found, {
      ...body,
      id: newId('maintenanceWindow'),
      by: scope.actor.id,
      now,
    }),
});
