import { customerPath, customerTarget } from '../../lib/credits/commands.ts';
import { consumed, consumption, consumptionQuery, periodOf } from '../../lib/credits/consumption.ts';
import { tooMuchConsumption } from '../../lib/credits/problems.ts';
import { consumptionOf } from '../../lib/credits/store.ts';
import { answer, refuse } from '../../lib/kit/plan.ts';
import { route } from '../../lib/kit/route.ts';

export const getConsumption = route({
  id: 'getConsumption',
  method: 'GET',
  path: '/v1/customers/{customerId}/credits/consumption',
  summary: 'Credits consumed in a month by service, by person or by both',
  description:
    'Debits less refunds, each in the month in which it happened; sums up to 10,000 entries. May be a second late.',
  permission: 'credits.read',
  target: customerTarget,
  params: customerPath,
  query: consumptionQuery,
  reply: { status: 200, body: consumption },
  refuses: [tooMuchConsumption],
  load: consumptionOf,
  decide: ({ query }, entries) =>
    entries ? answer(consumed(entries, { ...periodOf(query), by: query.by })) : refuse(tooMuchConsumption),
});
