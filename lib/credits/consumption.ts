import * as z from 'zod';
import { type Entry, effectOf } from './entry.ts';

export const groupings = ['service', 'person', 'service,person'] as const;
export type Grouping = (typeof groupings)[number];

const sums = {
  debited: z.number(),
  refunded: z.number(),
  consumed: z.number().describe('Debited less refunded, in the month in which each happened'),
  debits: z.number().describe('Debits, and lines of batch debits'),
  refunds: z.number(),
};

const row = z.strictObject({
  serviceId: z
    .string()
    .nullable()
    .optional()
    .describe('null: debits that name none; absent where not asked for'),
  personId: z.string().nullable().optional(),
  ...sums,
});
type Row = z.infer<typeof row>;

export const consumption = z.strictObject({
  from: z.string(),
  to: z.string(),
  by: z.enum(groupings),
  total: z.strictObject(sums),
  items: z.array(row).describe('The most consumed first'),
});
export type Consumption = z.infer<typeof consumption>;

export const consumptionQuery = z.strictObject({
  month: z
    .string()
    .regex(/^20\d\d-(0[1-9]|1[0-2])$/, 'must be a month such as 2026-11')
    .describe('A month of the calendar (UTC)'),
  by: z.enum(groupings).default('service'),
  from: z.iso.datetime().optional().describe('Only from this moment of the month on'),
  to: z.iso.datetime().optional().describe('Only up to this moment of the month'),
});

/** The part of a month that is asked for, both ends included. */
export function periodOf(query: z.output<typeof consumptionQuery>): { from: string; to: string } {
  const [year = 0, month = 1] = query.month.split('-').map(Number);
  const first = Date.UTC(year, month - 1, 1);
  const last = Date.UTC(year, month, 1) - 1;
  const within = (given: string | undefined, otherwise: number) =>
    new Date(given ? Math.min(last, Math.max(first, Date.parse(given))) : otherwise).toISOString();
  return { from: within(query.from, first), to: within(query.to, last) };
}

interface Use {
  readonly serviceId: string | null;
  readonly personId: string | null;
  readonly debited: number;
  readonly refunded: number;
}

/** What an entry says of consumption: a debit, each line of a batch, or a refund. */
function usesOf(entry: Entry): Use[] {
  const { type, serviceId = null, personId = null } = entry;
  if (type === 'REFUND') return [{ serviceId, personId, debited: 0, refunded: effectOf(entry) }];
  if (type !== 'DEBIT') return [];
  return (entry.lines ?? [{ amount: entry.amount }]).map((line) => ({
    serviceId: line.serviceId ?? serviceId,
    personId: line.personId ?? personId,
    debited: line.amount,
    refunded: 0,
  }));
}

/** Debits less refunds of a period, from the ledger’s own entries. */
export function consumed(
  entries: readonly Entry[],
  { from, to, by }: { from: string; to: string; by: Grouping },
): Consumption {
  const rows = new Map<string, Row>();
  const total: Row = { debited: 0, refunded: 0, consumed: 0, debits: 0, refunds: 0 };
  for (const use of entries.flatMap(usesOf)) {
    const name = {
      ...(by === 'person' ? {} : { serviceId: use.serviceId }),
      ...(by === 'service' ? {} : { personId: use.personId }),
    };
    const key = JSON.stringify(name);
    const found = rows.get(key) ?? { ...name, debited: 0, refunded: 0, consumed: 0, debits: 0, refunds: 0 };
    rows.set(key, found);
    for (const sum of [found, total]) count(sum, use);
  }
  const items = [...rows].sort(([a, one], [b, other]) => other.consumed - one.consumed || (a < b ? -1 : 1));
  return { from, to, by, total, items: items.map(([, one]) => one) };
}

function count(sum: Row, { debited, refunded }: Use): void {
  sum.debited += debited;
  sum.refunded += refunded;
  sum.consumed += debited - refunded;
  if (debited > 0) sum.debits++;
  if (refunded > 0) sum.refunds++;
}
