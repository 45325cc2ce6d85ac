import * as z from 'zod';
import { isBelow } from '../kit/delegation.ts';
import { accessDueKey, accessKey, stateEntry } from '../kit/keys.ts';
import type { Item, Write } from '../kit/plan.ts';
import { dueAfter, type Terms, terms } from './terms.ts';

const by = z.object({
  id: z.string(),
  home: z.string(),
  name: z.string().default(''),
  homeName: z.string().default(''),
});
const organization = z.object({ id: z.string(), name: z.string() });

export const grantStates = ['NONE', 'ASKED', 'GIVEN', 'REVOKED', 'ENDED'] as const;

/** What a customer has given its partner, or was asked for. */
export interface Grant {
  readonly state: (typeof grantStates)[number];
  /** Given; null in any other state. */
  readonly terms: Terms | null;
  /** Whose people it counts for; null where nothing is given. */
  readonly to: z.output<typeof organization> | null;
  /** When the terms were last changed. */
  readonly termsAt: string | null;
  readonly givenBy: 'CUSTOMER' | 'PARTNER';
  readonly givenAt: string | null;
  /** Since when it has been given without a break. */
  readonly since: string | null;
  readonly asked: Terms | null;
  readonly askedBy: z.output<typeof by> | null;
  readonly askedAt: string | null;
  /** Sessions of an earlier epoch are over. */
  readonly epoch: number;
  readonly dueAt: string | null;
  /** True once the customer has decided about it: then its partner does not manage it alone unless it says so. */
  readonly decided: boolean;
  readonly version: number;
}

const stored = z.object({
  state: z.enum(grantStates),
  to: organization.nullable().default(null),
  termsAt: z.string().nullable().default(null),
  givenBy: z.enum(['CUSTOMER', 'PARTNER']).default('CUSTOMER'),
  givenAt: z.string().nullable().default(null),
  since: z.string().nullable().default(null),
  asked: terms.strip().nullable().default(null),
  askedBy: by.nullable().default(null),
  askedAt: z.string().nullable().default(null),
  epoch: z.number(),
  dueAt: z.string().nullable().default(null),
  decided: z.boolean().default(false),
  version: z.number(),
});

const none: Grant = {
  ...{ state: 'NONE', terms: null, to: null, termsAt: null, asked: null },
  ...{ givenBy: 'CUSTOMER', givenAt: null, since: null },
  ...{ askedBy: null, askedAt: null, epoch: 0, dueAt: null, decided: false, version: 0 },
};

/** A stored grant; of version 0 where there never was one. */
export function toGrant(item: Readonly<Record<string, unknown>> | undefined): Grant {
  if (!item) return none;
  const found = stored.parse(item);
  return { ...found, terms: found.state === 'GIVEN' ? terms.strip().parse(item) : null };
}

/**
 * A grant as it counts where its customer stands: what was given to, or asked by, an organization that does not look
 * after the customer any more has ended.
 */
export function standingAt(grant: Grant, path: readonly string[]): Grant {
  const left = grant.state === 'GIVEN' && !(grant.to && isBelow(path, grant.to.id));
  const stray = grant.askedBy !== null && !isBelow(path, grant.askedBy.home);
  return {
    ...grant,
    ...(left ? over : {}),
    ...(stray ? { asked: null, ...(grant.state === 'ASKED' ? { state: 'NONE' } : {}) } : {}),
  };
}
const over = { state: 'ENDED', terms: null, to: null, since: null, givenAt: null } as const;

/** What has ended as the customer stands elsewhere, with its sessions; undefined where nothing has. */
export function movedAway(grant: Grant, path: readonly string[]): Partial<Grant> | undefined {
  const after = standingAt(grant, path);
  if (grant.state !== 'GIVEN' || after.state === 'GIVEN') return undefined;
  return { ...over, asked: after.asked, epoch: grant.epoch + 1 };
}

/** Whose grant it is: the customer, and the provider in whose list it stands. */
export interface Place {
  readonly customerId: string;
  readonly providerId: string;
}

/** Keeps a grant, its place in the provider's list, and when its end is told. */
export function keep(of: Place, before: Grant, change: Partial<Grant>, now: string): Write[] {
  const { customerId } = of;
  const termsAt = change.terms ? now : before.termsAt;
  const changed = { ...before, ...change, termsAt, version: before.version + 1 };
  const ends = changed.state === 'GIVEN' ? (changed.terms?.endsAt ?? null) : null;
  const same = ends !== null && ends === before.terms?.endsAt && before.dueAt !== null && before.dueAt > now;
  const after = { ...changed, dueAt: ends === null ? null : same ? before.dueAt : dueAfter(ends, now) };
  const item = grantItem(of, after);
  return [
    before.version === 0 ? { do: 'create', item } : { do: 'replace', item, version: before.version },
    ...noted(customerId, before.dueAt, after.dueAt),
  ];
}

function grantItem({ customerId, providerId }: Place, { terms: given, ...rest }: Grant) {
  const place = rest.state === 'GIVEN' ? stateEntry(providerId, 'ACCESS', 'GIVEN', customerId) : {};
  // The index shows who asked, under the name that it projects.
  const { askedBy } = rest;
  const asker = askedBy === null ? {} : { actor: { id: askedBy.id, home: askedBy.home } };
  return { ...accessKey(customerId), ...place, kind: 'access', id: customerId, ...asker, ...given, ...rest };
}

function noted(customerId: string, before: string | null, after: string | null): Write[] {
  if (before === after) return [];
  const note = (at: string): Item => ({ ...accessDueKey({ at, customerId }), kind: 'accessDue', customerId });
  return [
    ...(before === null
      ? []
      : [{ do: 'remove', key: accessDueKey({ at: before, customerId }) } satisfies Write]),
    ...(after === null ? [] : [{ do: 'create', item: note(after) } satisfies Write]),
  ];
}

/** Gives terms; sessions of what was given before go on only where that still counts. */
export function given(
  before: Grant,
  what: {
    readonly terms: Terms;
    readonly to: Grant['to'];
    readonly givenBy: Grant['givenBy'];
    readonly counts: boolean;
  },
  now: string,
): Partial<Grant> {
  const { counts, ...rest } = what;
  return {
    ...{ state: 'GIVEN', ...rest, givenAt: now, asked: null },
    since: counts ? (before.since ?? now) : now,
    epoch: counts ? before.epoch : before.epoch + 1,
  };
}

export const revoked = (before: Grant): Partial<Grant> => ({
  ...{ state: 'REVOKED', terms: null, to: null, asked: null, since: null, givenAt: null },
  epoch: before.epoch + 1,
});

/** What a customer gives with the confirmation of an import's link. `item`: the stored grant, of an earlier partner. */
export function giveWithLink(
  of: Place,
  from: { item: Readonly<Record<string, unknown>> | undefined; terms: Terms; to: Grant['to'] },
  now: string,
): Write[] {
  const before = toGrant(from.item);
  const fresh = given(before, { terms: from.terms, to: from.to, givenBy: 'CUSTOMER', counts: false }, now);
  return keep(of, before, { ...fresh, askedBy: null, askedAt: null, decided: true }, now);
}

/** Ends what a customer has given, with all sessions: it is no longer the partner's. No write where nothing ever was. */
export function endWithLink(of: Place, item: Readonly<Record<string, unknown>> | undefined): Write[] {
  if (!item) return [];
  const before = toGrant(item);
  return keep(of, before, { ...revoked(before), askedBy: null, askedAt: null }, '');
}
