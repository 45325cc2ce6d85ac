import { stringify } from 'csv-stringify/sync';
import * as z from 'zod';
import { id, instant } from '../../lib/kit/text.ts';
import { type RequestSummary, requestState, summarize } from '../../lib/requests/request.ts';

export const mostInFile = 1000;

const period = {
  from: instant.optional().describe('Submitted at this moment or later'),
  to: instant.optional().describe('Submitted at this moment or before'),
};
const picks = { state: requestState.optional(), itemId: id('catalogItem').optional() };

export const ownFilters = z.strictObject({ ...period, ...picks });
export const filters = z.strictObject({ ...period, ...picks, personId: id('person').optional() });
export const reportFilters = z.strictObject({
  ...period,
  ...picks,
  customerId: id('customer').optional(),
  personId: id('person').optional(),
});

interface Picked {
  readonly state?: string | undefined;
  readonly itemId?: string | undefined;
  readonly personId?: string | undefined;
  readonly customerId?: string | undefined;
}

/** What a list shows of stored requests: those that the filters pick, as they are now. */
export function linesOf(
  items: readonly Readonly<Record<string, unknown>>[],
  query: Picked,
  now: string,
): RequestSummary[] {
  return items
    .map((item) => summarize(item, now))
    .filter((one) =>
      (['state', 'itemId', 'personId', 'customerId'] as const).every(
        (name) => query[name] === undefined || one[name] === query[name],
      ),
    );
}

const columns = [
  'id',
  'submittedAt',
  'state',
  'customerId',
  'personId',
  'itemId',
  'name',
  'type',
  'quantity',
  'unit',
  'total',
  'completedAt',
];

export function toCsv(lines: readonly RequestSummary[]): string {
  return stringify([...lines], {
    header: true,
    columns,
    quoted_string: true,
    escape_formulas: true,
    record_delimiter: 'windows',
  });
}
