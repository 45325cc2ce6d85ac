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
  minutes: z.number(),
  askedAt: z.string(),
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
  /** The organization it was given to: it counts for its people alone. */
  to: z.object({ id: z.string() }).nullable().default(null),
  /** When these terms were last changed. */
  termsAt: z.string().nullable().default(null),
  epoch: z.number(),
  version: z.number(),
});
export type StoredGrant = z.infer<typeof grant> & { readonly to: { readonly id: string } };

const managing = z.object({ managementType: z.enum(['PARTNER', 'CUSTOMER', 'BOTH']) });

/** What is stored of what a customer gives, and of who manages it. */
export interface Given {
  readonly grant: Stored | undefined;
  readonly management: Stored | undefined;
}

/** True where an organization looks after who stands at a path. */
export const isBelow = (path: readonly string[], organization: string): boolean =>
  path.slice(0, -1).includes(organization);

/** Who manages a customer: both, until somebody says otherwise. */
export const managementTypeOf = (item: Stored | undefined): 'PARTNER' | 'CUSTOMER' | 'BOTH' =>
  item ? managing.parse(item).managementType : 'BOTH';

/**
 * The grant that counts now, if one does: given to one organization, as long as the customer stands below that. Where
 * the partner manages the customer, what it gave itself counts, and nobody is asked each time; where both do, only what
 * the customer gave; where the customer does, none.
 */
export function grantInForce(
  { grant: item, management }: Given,
  path: readonly string[],
  now: string,
): StoredGrant | undefined {
  const type = managementTypeOf(management);
  if (item?.state !== 'GIVEN' || type === 'CUSTOMER') return undefined;
  const found = grant.parse(item);
  const { to } = found;
  if (!to || !isBelow(path, to.id)) return undefined;
  if (found.endsAt <= now || (type === 'BOTH' && found.givenBy !== 'CUSTOMER')) return undefined;
  return { ...found, to, ...(type === 'PARTNER' ? { approval: 'STANDING' } : {}) };
}

/** What a session stands on: read with the caller's membership, from where its token says. */
export const delegationKeys = ({ customerId, sessionId }: SessionToken): Key[] => [
  accessSessionKey(customerId, sessionId),
  accessKey(customerId),
  managementKey(customerId),
];

/** How long a session waits for approval. */
export const awaitsHours = 24;
export const awaitsUntil = (askedAt: string): string =>
  new Date(Date.parse(askedAt) + awaitsHours * 3_600_000).toISOString();

export const sessionStates = ['AWAITING', 'OPEN', 'REFUSED', 'ENDED', 'EXPIRED', 'REVOKED', 'MOVED'] as const;

/** What of a session holds now. */
export interface Holding {
  readonly state: (typeof sessionStates)[number];
  readonly roles: readonly DelegatedRole[];
  readonly minutes: number;
  readonly endsAt: string | null;
  /** What it stands on, where it is open. */
  readonly given?: StoredGrant;
}

type Held = Pick<
  StoredSession,
  'state' | 'home' | 'roles' | 'minutes' | 'askedAt' | 'startsAt' | 'endsAt' | 'approved' | 'epoch' | 'path'
>;

/**
 * What a session comes to by what is given now, at a customer that stands at a path: its roles, minutes and end cut
 * down to that. Both what a request may do and what is shown of it say this.
 */
export function holdingOf(of: Held, beside: Given, path: readonly string[], now: string): Holding {
  const { state, roles, minutes, endsAt } = of;
  const as = (turned: Holding['state'], more: Partial<Holding> = {}): Holding => ({
    ...{ state: turned, roles, minutes, endsAt },
    ...more,
  });
  if (state !== 'AWAITING' && state !== 'OPEN') return as(state);
  if ((endsAt ?? awaitsUntil(of.askedAt)) <= now) return as('EXPIRED', endOfOver(of, beside, path));
  if (path.join('/') !== of.path) return as('MOVED');
  const given = grantInForce(beside, path, now);
  const left = roles.filter((one) => given?.roles.includes(one));
  if (!given || given.epoch !== of.epoch || given.to.id !== of.home || left.length === 0)
    return as('REVOKED');
  const most = Math.min(minutes, given.mostMinutes);
  if (state === 'AWAITING') return as('AWAITING', { roles: left, minutes: most });
  if (given.approval === 'EACH' && !of.approved) return as('REVOKED');
  const end = cutEnd(of, given);
  if (end <= now) return as('EXPIRED', endOfOver(of, beside, path));
  return as('OPEN', { roles: left, minutes: most, endsAt: end, given });
}

function cutEnd({ startsAt, endsAt }: Held, { mostMinutes, endsAt: last }: StoredGrant): string {
  const longest = new Date(Date.parse(startsAt ?? '') + mostMinutes * 60_000).toISOString();
  return [endsAt ?? longest, longest, last].toSorted()[0] ?? longest;
}

// One that ran when less was given ended then, or when its shorter time was over.
function endOfOver(of: Held, beside: Given, path: readonly string[]): Partial<Holding> {
  const { startsAt, endsAt, epoch, minutes } = of;
  const given = startsAt && endsAt ? grantInForce(beside, path, '') : undefined;
  if (!given?.termsAt || !endsAt || given.epoch !== epoch || given.termsAt >= endsAt) return {};
  const end = [given.termsAt, cutEnd(of, given)].toSorted()[1] ?? endsAt;
  return { endsAt: [endsAt, end].toSorted()[0] ?? endsAt, minutes: Math.min(minutes, given.mostMinutes) };
}

/** Why a session does not count. The first two tell nothing of it: the token is of no session. */
export type Why =
  | 'MALFORMED'
  | 'UNKNOWN'
  | 'WRONG_SECRET'
  | 'ANOTHER_PERSON'
  | 'ANOTHER_CUSTOMER'
  | 'AWAITING_APPROVAL'
  | 'ENDED'
  | 'EXPIRED'
  | 'REVOKED'
  | 'MOVED'
  | 'DISABLED';

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
  | {
      readonly session: StoredSession;
      readonly roles: readonly DelegatedRole[];
      readonly endsAt: string;
      readonly bound: Write[];
    };

/** Whether a session counts for a request, with the roles that its grant leaves it. Source: semantics.md §8, D-1..D-6. */
export function verdictOn(presented: Presented, caller: Caller, now: string): Verdict {
  const { token } = presented;
  if (!token) return { why: 'MALFORMED' };
  const found = presented.session && session.parse(presented.session);
  if (!found) return { why: 'UNKNOWN' };
  if (!sameText(found.tokenHash, hashOfToken(token))) return { why: 'WRONG_SECRET' };
  if (found.personId !== caller.personId || found.home !== caller.home) return { why: 'ANOTHER_PERSON' };
  if (caller.target?.id !== token.customerId) return { why: 'ANOTHER_CUSTOMER' };
  const { state, roles, endsAt, given } = holdingOf(found, presented, caller.target.path, now);
  if (state === 'AWAITING') return { why: 'AWAITING_APPROVAL' };
  if (state === 'REFUSED') return { why: 'ENDED' };
  if (state !== 'OPEN') return { why: state };
  if (!given || endsAt === null) return { why: 'REVOKED' };
  if (caller.disabled) return { why: 'DISABLED' };
  return {
    ...{ session: found, roles, endsAt },
    bound: [
      { do: 'check', key: accessSessionKey(token.customerId, token.sessionId), version: found.version },
      { do: 'check', key: accessKey(token.customerId), version: given.version },
    ],
  };
}
