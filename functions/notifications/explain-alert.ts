import * as z from 'zod';
import { answer } from '../../lib/kit/plan.ts';
import { route } from '../../lib/kit/route.ts';
import { customerTypes } from '../../lib/kit/scope.ts';
import { id } from '../../lib/kit/text.ts';
import { alertId } from '../../lib/notifications/alert.ts';
import { explain, explanation } from '../../lib/notifications/explanation.ts';
import { besideSettings, evidence } from '../../lib/notifications/explanation-store.ts';

export const explainAlert = route({
  id: 'explainAlert',
  method: 'GET',
  path: '/v1/customers/{customerId}/alerts/{alertId}/explanation',
  summary: 'Why an alert fired or did not, and who was told',
  permission: 'notifications.read',
  target: { param: 'customerId', types: customerTypes },
  params: z.strictObject({ customerId: id('customer'), alertId }),
  reply: { status: 200, body: explanation },
  refuses: [],
  alongside: besideSettings,
  load: ({ target, params, ...asked }) => evidence({ ...asked, customerId: target, alertId: params.alertId }),
  decide: ({ scope, params, now }, found) =>
    answer(explain({ ...found, alertId: params.alertId, node: scope.target.item, now })),
});
