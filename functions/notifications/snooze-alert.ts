import * as z from 'zod';
import { refuse } from '../../lib/kit/plan.ts';
import { notFound } from '../../lib/kit/problem.ts';
import { route } from '../../lib/kit/route.ts';
import { customerTypes } from '../../lib/kit/scope.ts';
import { id } from '../../lib/kit/text.ts';
import { alertId, partsOf } from '../../lib/notifications/alert.ts';
import { readingOf } from '../../lib/notifications/explanation.ts';
import { newSnooze, snooze, snoozeView } from '../../lib/notifications/snooze.ts';
import { alertAndMeter } from '../../lib/notifications/store.ts';

export const snoozeAlert = route({
  id: 'snoozeAlert',
  method: 'POST',
  path: '/v1/customers/{customerId}/alerts/{alertId}/snooze',
  summary: 'Tell nobody of an alert until a time; again to set another time',
  description: 'Ends early when a graver threshold of the same meter is reached.',
  permission: 'alerts.snooze',
  target: { param: 'customerId', types: customerTypes },
  params: z.strictObject({ customerId: id('customer'), alertId }),
  body: newSnooze,
  reply: { status: 200, body: snoozeView },
  refuses: [],
  load: ({ target, params }) => alertAndMeter(target, params.alertId),
  decide: ({ scope, params, body, now }, { item, known }) => {
    const bands = readingOf(params.alertId, item)?.bands ?? {};
    if (!(partsOf(params.alertId).thresholdId in bands)) refuse(notFound);
    return snooze({ tenantId: scope.target.id, alertId: params.alertId, known }, body, {
      personId: scope.actor.id,
      now,
    });
  },
});
