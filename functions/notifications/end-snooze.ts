import * as z from 'zod';
import { route } from '../../lib/kit/route.ts';
import { customerTypes } from '../../lib/kit/scope.ts';
import { id } from '../../lib/kit/text.ts';
import { alertId } from '../../lib/notifications/alert.ts';
import { endSnooze as end } from '../../lib/notifications/snooze.ts';
import { alertOf } from '../../lib/notifications/store.ts';

export const endSnooze = route({
  id: 'endSnooze',
  method: 'DELETE',
  path: '/v1/customers/{customerId}/alerts/{alertId}/snooze',
  summary: 'Let an alert tell again',
  permission: 'alerts.snooze',
  target: { param: 'customerId', types: customerTypes },
  params: z.strictObject({ customerId: id('customer'), alertId }),
  ifMatch: true,
  reply: { status: 204 },
  refuses: [],
  load: ({ target, params }) => alertOf(target, params.alertId),
  decide: ({ scope, params, now, ifMatch }, known) =>
    end({ tenantId: scope.target.id, alertId: params.alertId, known }, { ifMatch, now }),
});
