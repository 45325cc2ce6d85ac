import * as z from 'zod';
import { route } from '../../lib/kit/route.ts';
import { customerTypes } from '../../lib/kit/scope.ts';
import { id } from '../../lib/kit/text.ts';
import { alertId } from '../../lib/notifications/alert.ts';
import { readSnooze, snoozeView } from '../../lib/notifications/snooze.ts';
import { alertOf } from '../../lib/notifications/store.ts';

export const getSnooze = route({
  id: 'getSnooze',
  method: 'GET',
  path: '/v1/customers/{customerId}/alerts/{alertId}/snooze',
  summary: 'The snooze in force',
  permission: 'notifications.read',
  target: { param: 'customerId', types: customerTypes },
  params: z.strictObject({ customerId: id('customer'), alertId }),
  reply: { status: 200, body: snoozeView },
  refuses: [],
  load: ({ target, params }) => alertOf(target, params.alertId),
  decide: ({ scope, params, now }, known) =>
    readSnooze({ tenantId: scope.target.id, alertId: params.alertId, known }, now),
});
