import { stringify } from 'csv-stringify/sync';
import * as z from 'zod';
import { customerPath, customerTarget } from '../../lib/credits/commands.ts';
import { type Entry, viewOf } from '../../lib/credits/entry.ts';
import { tooManyEntries } from '../../lib/credits/problems.ts';
import { wholeHistoryOf } from '../../lib/credits/store.ts';
import { answer, refuse } from '../../lib/kit/plan.ts';
import { route } from '../../lib/kit/route.ts';
import { instant } from '../../lib/kit/text.ts';

const most = 1000;
// A reply has at most 6 MB.
const mostBytes = 5_000_000;
const columns = [
  'entryId',
  'seq',
  'at',
  'type',
  'amount',
  'balanceBefore',
  'balanceAfter',
  'serviceId',
  'personId',
  'requestId',
  'refundOf',
  'peerCustomerId',
  'peerEntryId',
  'ticketId',
  'reason',
  'actorId',
  'lines',
  'parts',
];

export const exportEntries = route({
  id: 'exportEntries',
  method: 'GET',
  path: '/v1/customers/{customerId}/credits/entries.csv',
  summary: 'The ledger of a period as CSV, newest first, at most 1,000 entries and 5 MB',
  description:
    'A column for each thing that an entry says. Lines of a batch, and parts that are not ordinary credits, are JSON in their column.',
  permission: 'credits.read',
  undelegated: true,
  target: customerTarget,
  params: customerPath,
  query: z.strictObject({ from: instant.optional(), to: instant.optional() }),
  reply: { status: 200, body: z.string(), media: 'text/csv' },
  refuses: [tooManyEntries],
  load: ({ target, query, scope }) => wholeHistoryOf(target, query, { most, checked: scope }),
  decide: ({ scope }, entries) => {
    const text = toCsv(scope.target.id, entries ?? refuse(tooManyEntries));
    return Buffer.byteLength(text) > mostBytes ? refuse(tooManyEntries) : answer(text);
  },
});

function toCsv(customerId: string, entries: readonly Entry[]): string {
  const rows = entries.map((one) => {
    const { peer, ...view } = viewOf(customerId, one);
    const linked = { peerCustomerId: peer?.customerId, peerEntryId: peer?.entryId };
    return { ...view, ...linked, actorId: one.actor.id };
  });
  return stringify(rows, {
    header: true,
    columns,
    quoted_string: true,
    escape_formulas: true,
    record_delimiter: 'windows',
  });
}
