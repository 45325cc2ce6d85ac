import * as z from 'zod';
import { isBelow } from '../kit/delegation.ts';
import { toGrant } from './grant.ts';
import type { Stored } from './view.ts';

export const staleReasons = ['UNUSED', 'OLD', 'ENDED', 'ASKED_BY_NOBODY'] as const;

/** Access that is given and should perhaps not be. */
export const staleGrant = z.strictObject({
  customerId: z.string(),
  customerName: z.string(),
  reasons: z
    .array(z.enum(staleReasons))
    .describe(
      'UNUSED: no session for 90 days; OLD: given for more than a year; ENDED: its time is over, or its customer stands elsewhere; ASKED_BY_NOBODY: who asked for it is no longer a member',
    ),
  givenAt: z.string().nullable(),
  since: z.string().nullable().describe('Given without a break since'),
  endsAt: z.string(),
  lastUsedAt: z.string().nullable(),
  askedBy: z.string().nullable(),
});
export type StaleGrant = z.input<typeof staleGrant>;

const dayMs = 86_400_000;
const before = (now: string, days: number) => new Date(Date.parse(now) - days * dayMs).toISOString();

export interface Reviewed {
  readonly customerId: string;
  readonly grant: Stored;
  readonly open: Stored;
  readonly node: Stored;
}

/** What of a grant is stale; undefined where nothing is. */
export function review(
  { customerId, grant, open, node }: Reviewed,
  members: ReadonlySet<string>,
  now: string,
): StaleGrant | undefined {
  const { terms, to, givenAt, since, askedBy } = toGrant(grant);
  if (!terms || !node) return undefined;
  const lastUsedAt = (open?.lastOpenedAt as string | null | undefined) ?? null;
  const touched = [lastUsedAt ?? '', givenAt ?? ''].toSorted().at(-1) ?? '';
  const facts = {
    UNUSED: touched < before(now, 90),
    OLD: since !== null && since < before(now, 365),
    ENDED: terms.endsAt <= now || !(to && isBelow(String(node.path).split('/'), to.id)),
    ASKED_BY_NOBODY: askedBy !== null && !members.has(askedBy.id),
  };
  const reasons = staleReasons.filter((one) => facts[one]);
  if (reasons.length === 0) return undefined;
  const shown = { givenAt, since, endsAt: terms.endsAt, lastUsedAt, askedBy: askedBy?.id ?? null };
  return { customerId, customerName: String(node.name), reasons, ...shown };
}
