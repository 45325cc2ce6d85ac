import { stringify } from 'csv-stringify/sync';
import * as z from 'zod';
import { answer, refuse } from '../../lib/kit/plan.ts';
import { route } from '../../lib/kit/route.ts';
import { providerOf } from '../../lib/kit/scope.ts';
import { id } from '../../lib/kit/text.ts';
import { type BillRow, billRow, month, spanOf } from '../../lib/services/billing.ts';
import { billTooLong } from '../../lib/services/problems.ts';
import { plansOf, wholeBill } from '../../lib/services/store.ts';

const most = { lines: 2000, pages: 40 };

export const exportBilling = route({
  id: 'exportBilling',
  method: 'GET',
  path: '/v1/billing.csv',
  summary: 'The same as CSV: at most 2,000 lines of 200 customers',
  permission: 'billing.read',
  target: { home: ['PROVIDER', 'RESELLER'] },
  query: z.strictObject({ month, customerId: id('customer').optional() }),
  reply: { status: 200, body: z.string(), media: 'text/csv' },
  refuses: [billTooLong],
  load: ({ home, query, now, scope }) => {
    const cost = home.startsWith('prv_');
    const plans = cost ? plansOf(home) : scope().then((one) => plansOf(providerOf(one.home)));
    const span = spanOf(query.month, now);
    const bill = plans.then((all) => ({ ...span, billedBy: home, plans: all, cost }));
    return wholeBill(home, { bill, asOf: span.asOf, customerId: query.customerId }, most);
  },
  decide: (_, rows) => (rows ? answer(toCsv(rows)) : refuse(billTooLong)),
});

function toCsv(rows: readonly BillRow[]): string {
  return stringify([...rows], {
    header: true,
    columns: Object.keys(billRow.shape),
    quoted_string: true,
    escape_formulas: true,
    record_delimiter: 'windows',
  });
}
