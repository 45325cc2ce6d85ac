import * as z from 'zod';
import { type DelegatedRole, delegatedRoles } from './delegable.ts';
import { digest, sameText } from './digest.ts';
import { idPattern } from './id.ts';
import { accessKey, accessSessionKey, type Key, managementKey } from './keys.ts';
import type { Write } from './plan.ts';
import type { Node } from './scope.ts';

type Stored = Readonly<Record<string, unknown>>;

/** The token of a delegated session as its header carries it: `qas.<customerId>.<sessionId>.<secret>`. */
export interface SessionToken {
  readonly customerId: string;
  readonly sessionId: string;
  readonly secret: string;
}

/** Bytes of a session's secret. */
export const sessionSecretBytes = 32;

/** Reads a header; undefined where it has not the form of a token. */
export function readSessionToken(text: string): SessionToken | undefined {
  const [scheme, customerId = '', sessionId = '', secret = '', ...more] = text.split('.');
  const formed =
    scheme === 'qas' && idPattern('customer').test(customerId) && idPattern('accessSession').test(sessionId);
  return formed && more.length === 0 && /^[A-Za-z0-9_-]{43}$/.test(secret)
    ? { customerId, sessionId, secret }
    : undefined;
}

export const sessionTokenText = ({ customerId, sessionId, secret }: SessionToken): string =>
  `qas.${customerId}.${sessionId}.${secret}`;

/** What is stored of a token: bound to its customer and session. */
export const hashOfToken = ({ customerId, sessionId, secret }: SessionToken): string =>
  digest('access-session', customerId, sessionId, secret);

const role = z.enum(delegatedRoles);

/** What of a stored session decides. */
const session = z.object({
  id: z.string(),
  state: z.enum(['AWAITING', 'OPEN', 'REFUSED', 'ENDED']),
  personId: z.string(),
  home: z.string(),
  roles: z.array(role),
  startsAt: z.string().nullable(),
  endsAt: z.string().nullable(),
  approved: z.boolean(),
  epoch: z.number(),
  path: z.string(),
  reason: z.string(),
  ticket: z.string().nullable(),
  tokenHash: z.string(),
  version: z.number(),
});
export type StoredSession = z.infer<typeof session>;

/** What of a customer's stored grant decides; one that a customer gave by confirming a link does not say by whom. */
const grant = z.object({
  state: z.string(),
  roles: z.array(role),
  mostMinutes: z.number(),
  approval: z.enum(['STANDING', 'EACH']),
  endsAt: z.string(),
  givenBy: z.enum(['CUSTOMER', 'PARTNER']).default('CUSTOMER'),
  epoch: z.number(),
  version: z.number(),
});
export type StoredGrant = z.infer<typeof grant>;

const managing = z.object({ managementType: z.enum(['PARTNER', 'CUSTOMER', 'BOTH']) });

/** Who manages a customer: both, until somebody says otherwise. */
export const managementTypeOf = (item: Stored | undefined): 'PARTNER' | 'CUSTOMER' | 'BOTH' =>
  item ? managing.parse(item).managementType : 'BOTH';

/**
 * The grant that counts now, if one does. Where the partner manages the customer, what it gave itself counts, and
 * nobody is asked each time; where both do, only what the customer gave; where the customer does, none.
 */
export function grantInForce(
  item: Stored | undefined,
  management: Stored | undefined,
  now: string,
): StoredGrant | undefined {
  const type = managementTypeOf(management);
  if (item?.state !== 'GIVEN' || type === 'CUSTOMER') return undefined;
  const found = grant.parse(item);
  if (found.endsAt <= now || (type === 'BOTH' && found.givenBy !== 'CUSTOMER')) return undefined;
  return type === 'PARTNER' ? { ...found, approval: 'STANDING' } : found;
}

/** What a session stands on: read with the caller's membership, from where its token says. */
export const delegationKeys = ({ customerId, sessionId }: SessionToken): Key[] => [
  accessSessionKey(customerId, sessionId),
  accessKey(customerId),
  managementKey(customerId),
];

/** Why a session does not count. The first two tell nothing of it: the token is none of ours. */
export type Why =
  | 'MALFORMED'
  | 'UNKNOWN'
  | 'ANOTHER_PERSON'
  | 'ANOTHER_CUSTOMER'
  | 'AWAITING_APPROVAL'
  | 'ENDED';

export interface Presented {
  /** Undefined: the header has not the form of a token. */
  readonly token: SessionToken | undefined;
  readonly session: Stored | undefined;
  readonly grant: Stored | undefined;
  readonly management: Stored | undefined;
}

export interface Caller {
  readonly personId: string;
  readonly home: string;
  /** What the request is about, where it really stands. */
  readonly target: Pick<Node, 'id' | 'path'> | undefined;
  /** True where the target or a node above it is disabled. */
  readonly disabled: boolean;
}

export type Verdict =
  | { readonly why: Why }
  | { readonly session: StoredSession; readonly roles: readonly DelegatedRole[]; readonly bound: Write[] };

/** Whether a session counts for a request, with the roles that its grant leaves it. Source: semantics.md §8, D-1..D-6. */
export function verdictOn(presented: Presented, caller: Caller, now: string): Verdict {
  const { token } = presented;
  if (!token) return { why: 'MALFORMED' };
  const found = presented.session && session.parse(presented.session);
  if (!found || !sameText(found.tokenHash, hashOfToken(token))) return { why: 'UNKNOWN' };
  if (found.personId !== caller.personId || found.home !== caller.home) return { why: 'ANOTHER_PERSON' };
  if (caller.target?.id !== token.customerId) return { why: 'ANOTHER_CUSTOMER' };
  const { state, startsAt, endsAt } = found;
  if (state === 'AWAITING') return { why: 'AWAITING_APPROVAL' };
  if (state !== 'OPEN' || startsAt === null || endsAt === null || endsAt <= now) return { why: 'ENDED' };
  const given = grantInForce(presented.grant, presented.management, now);
  const holds =
    given !== undefined &&
    given.epoch === found.epoch &&
    Date.parse(startsAt) + given.mostMinutes * 60_000 > Date.parse(now) &&
    (given.approval === 'STANDING' || found.approved) &&
    caller.target.path.join('/') === found.path &&
    !caller.disabled;
  if (!holds) return { why: 'ENDED' };
  return {
    session: found,
    roles: found.roles.filter((one) => given.roles.includes(one)),
    bound: [
      { do: 'check', key: accessSessionKey(token.customerId, token.sessionId), version: found.version },
      { do: 'check', key: accessKey(token.customerId), version: given.version },
    ],
  };
}
