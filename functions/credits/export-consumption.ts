import { stringify } from 'csv-stringify/sync';
import * as z from 'zod';
import { customerPath, customerTarget } from '../../lib/credits/commands.ts';
import { type Consumption, consumed, consumptionQuery, periodOf } from '../../lib/credits/consumption.ts';
import { tooMuchConsumption } from '../../lib/credits/problems.ts';
import { consumptionOf } from '../../lib/credits/store.ts';
import { answer, refuse } from '../../lib/kit/plan.ts';
import { route } from '../../lib/kit/route.ts';

const sums = ['debited', 'refunded', 'consumed', 'debits', 'refunds'];
const groups = { service: ['serviceId'], person: ['personId'], 'service,person': ['serviceId', 'personId'] };

export const exportConsumption = route({
  id: 'exportConsumption',
  method: 'GET',
  path: '/v1/customers/{customerId}/credits/consumption.csv',
  summary: 'Credits consumed in a month by service, by person or by both, as CSV',
  permission: 'credits.read',
  undelegated: true,
  target: customerTarget,
  params: customerPath,
  query: consumptionQuery,
  reply: { status: 200, body: z.string(), media: 'text/csv' },
  refuses: [tooMuchConsumption],
  load: consumptionOf,
  decide: ({ query }, entries) =>
    entries
      ? answer(toCsv(consumed(entries, { ...periodOf(query), by: query.by })))
      : refuse(tooMuchConsumption),
});

function toCsv({ by, items }: Consumption): string {
  return stringify([...items], {
    header: true,
    columns: [...groups[by], ...sums],
    quoted_string: true,
    escape_formulas: true,
    record_delimiter: 'windows',
  });
}
