import * as z from 'zod';
import { grantInForce, managementTypeOf } from '../kit/delegation.ts';
import { type Grant, grantStates, standingAt } from './grant.ts';
import { terms } from './terms.ts';

export type Stored = Readonly<Record<string, unknown>> | undefined;

export const managing = managementTypeOf;

const organization = z.strictObject({ id: z.string(), name: z.string() });

/** What a partner may do in its customer's console, as both sides see it. */
export const accessView = z.strictObject({
  state: z
    .enum(grantStates)
    .describe('ENDED: the customer does not stand below the organization it was given to any more'),
  counts: z
    .boolean()
    .describe(
      'Whether sessions can be opened with it now: it has not ended, and the management type lets it',
    ),
  managementType: z.enum(['PARTNER', 'CUSTOMER', 'BOTH']),
  given: terms.nullable(),
  givenTo: organization.nullable().describe('Whose people may enter: nobody else’s, above it or below'),
  givenBy: z
    .enum(['CUSTOMER', 'PARTNER'])
    .nullable()
    .describe('PARTNER: to itself, while it managed the customer'),
  givenAt: z.string().nullable(),
  asked: terms
    .nullable()
    .describe('What waits for the customer’s administrators: approved, it is given to who asked for it'),
  askedBy: z
    .strictObject({ person: organization, organization })
    .nullable()
    .describe('Who asked last, and for which organization'),
  lastUsedAt: z.string().nullable().describe('When a session was asked for last'),
});
export type AccessView = z.input<typeof accessView>;

export function viewAccess(
  stored: Grant,
  beside: { readonly management: Stored; readonly open: Stored; readonly path: readonly string[] },
  now: string,
): AccessView {
  const { management, path } = beside;
  const grant = standingAt(stored, path);
  const { state, terms: given, to, asked, askedBy, givenAt } = grant;
  const inForce = given && grantInForce({ grant: { ...grant, ...given }, management }, path, now);
  return {
    ...{ state, counts: Boolean(inForce), managementType: managing(management), given },
    ...{ givenTo: given && to, givenBy: given ? grant.givenBy : null, givenAt, asked },
    askedBy: askedBy && {
      person: { id: askedBy.id, name: askedBy.name },
      organization: { id: askedBy.home, name: askedBy.homeName },
    },
    lastUsedAt: (beside.open?.lastOpenedAt as string | undefined) ?? null,
  };
}
