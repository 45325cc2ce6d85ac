import * as z from 'zod';
import { grantInForce, managementTypeOf } from '../kit/delegation.ts';
import type { Grant } from './grant.ts';
import { terms } from './terms.ts';

export type Stored = Readonly<Record<string, unknown>> | undefined;

export const managing = managementTypeOf;

/** What a partner may do in its customer's console, as both sides see it. */
export const accessView = z.strictObject({
  state: z.enum(['NONE', 'ASKED', 'GIVEN', 'REVOKED']),
  counts: z
    .boolean()
    .describe(
      'Whether sessions can be opened with it now: it has not ended, and the management type lets it',
    ),
  managementType: z.enum(['PARTNER', 'CUSTOMER', 'BOTH']),
  given: terms.nullable(),
  givenBy: z
    .enum(['CUSTOMER', 'PARTNER'])
    .nullable()
    .describe('PARTNER: to itself, while it managed the customer'),
  givenAt: z.string().nullable(),
  asked: terms.nullable().describe('What waits for the customer’s administrators'),
  askedBy: z.string().nullable().describe('Who asked last'),
  lastUsedAt: z.string().nullable().describe('When a session was asked for last'),
});
export type AccessView = z.input<typeof accessView>;

export function viewAccess(
  grant: Grant,
  beside: { readonly management: Stored; readonly open: Stored },
  now: string,
): AccessView {
  const { state, terms: given, asked, askedBy, givenAt } = grant;
  const inForce = given && grantInForce({ ...grant, ...given }, beside.management, now);
  return {
    ...{ state, counts: Boolean(inForce), managementType: managing(beside.management), given },
    ...{ givenBy: given ? grant.givenBy : null, givenAt, asked, askedBy: askedBy?.id ?? null },
    lastUsedAt: (beside.open?.lastOpenedAt as string | undefined) ?? null,
  };
}
