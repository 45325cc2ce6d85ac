import * as z from 'zod';
import { grantInForce } from '../kit/delegation.ts';
import { announce } from '../kit/event.ts';
import { managementKey } from '../kit/keys.ts';
import { difference, expectVersion, type Plan, refuse } from '../kit/plan.ts';
import { ifMatchRequired } from '../kit/problem.ts';
import { type Node, providerOf } from '../kit/scope.ts';
import { paragraph } from '../kit/text.ts';
import { accessAsked, accessChanged } from './access-events.ts';
import { type Grant, given, keep, revoked, standingAt, toGrant } from './grant.ts';
import { customerManages, nothingAsked, nothingGiven, notNarrower } from './problems.ts';
import { isWithin, mustEndInTime, type Terms, terms } from './terms.ts';
import { type AccessView, managing, type Stored, viewAccess } from './view.ts';

/** A customer's stored grant and management setting, as one decision sees them. */
export interface Standing {
  readonly grant: Stored;
  readonly management: Stored;
  readonly open: Stored;
}

interface By {
  readonly target: Node;
  readonly actor: { readonly id: string; readonly home: string };
  /** What the customer reads of who asks. */
  readonly names?: { readonly name: string; readonly homeName: string };
  readonly ifMatch: string | undefined;
  readonly now: string;
}

type Change = z.output<typeof accessChanged.data>;

function changed(
  standing: Standing,
  change: Partial<Grant>,
  said: {
    action: string;
    by: By;
    told: Pick<Change, 'change' | 'by'> | 'ASKED';
    reason?: string | undefined;
  },
): Plan<AccessView> {
  const { target, now } = said.by;
  const before = beforeOf(standing, target);
  const after = { ...before, ...change, version: before.version + 1 };
  const of = { customerId: target.id, providerId: providerOf(target) };
  const shown = ({ state, terms: has, to, asked, givenBy }: Grant) => ({ state, ...has, to, asked, givenBy });
  const organization = (after.to ?? before.to)?.name ?? null;
  const { asked, askedBy } = after;
  return {
    writes: keep(of, before, change, now),
    receipt: {
      action: said.action,
      subject: target.id,
      reason: said.reason,
      ...difference(shown(before), shown(after)),
    },
    announcements: [
      said.told === 'ASKED'
        ? announce(accessAsked, target.id, {
            ...{ organization: askedBy?.homeName ?? '', personId: askedBy?.id ?? '' },
            terms: asked,
          })
        : announce(accessChanged, target.id, { ...said.told, organization }),
    ],
    reply: { body: viewAccess(after, { ...standing, path: target.path }, now), version: after.version },
  };
}

const beforeOf = ({ grant }: Standing, { path }: Node): Grant => standingAt(toGrant(grant), path);

/**
 * The partner says what it wants. Where it manages the customer it has it at once; else what is nowhere more than what
 * it has counts at once, and anything more waits, whole, for the customer. What one organization has is no other's.
 */
export function ask(standing: Standing, wish: Terms, by: By): Plan<AccessView> {
  const plan = asked(standing, wish, by);
  const version = Number(standing.management?.version ?? 0) || null;
  return {
    ...plan,
    writes: [...plan.writes, { do: 'check', key: managementKey(by.target.id), version }],
  };
}

function asked(standing: Standing, wish: Terms, by: By): Plan<AccessView> {
  const { actor, ifMatch, now, names = { name: '', homeName: '' } } = by;
  const before = beforeOf(standing, by.target);
  expectVersion(ifMatch, before.version);
  mustEndInTime(wish, now);
  const type = managing(standing.management);
  if (type === 'CUSTOMER') refuse(customerManages);
  const counts = grantInForce(standing, by.target.path, now) !== undefined;
  const own = counts && before.to?.id === actor.home;
  const asking = { askedBy: { id: actor.id, home: actor.home, ...names }, askedAt: now };
  if (type === 'PARTNER') {
    const to = { id: actor.home, name: names.homeName };
    const after = { ...given(before, { terms: wish, to, givenBy: 'PARTNER', counts: own }, now), ...asking };
    return changed(standing, after, { action: 'access.give', by, told: { change: 'GIVEN', by: 'PARTNER' } });
  }
  if (own && before.terms && isWithin(wish, before.terms)) {
    const after = { terms: wish, asked: null, ...asking };
    const told = { change: 'NARROWED', by: 'PARTNER' } as const;
    return changed(standing, after, { action: 'access.narrow', by, told });
  }
  const waits = counts ? {} : ({ state: 'ASKED', terms: null } as const);
  return changed(standing, { ...waits, asked: wish, ...asking }, { action: 'access.ask', by, told: 'ASKED' });
}

const reason = paragraph(500, 1).optional();

/** What a customer's administrator says to what its partner has or wants. */
export const decision = z.discriminatedUnion('decision', [
  z.strictObject({ decision: z.literal('APPROVE').describe('Give what is asked for') }),
  z.strictObject({ decision: z.literal('REFUSE').describe('What is given stays'), reason }),
  z.strictObject({ decision: z.literal('REVOKE').describe('Take all; every session is over'), reason }),
  z.strictObject({ decision: z.literal('NARROW').describe('Give less, from now on'), terms, reason }),
  z.strictObject({
    decision: z
      .literal('HAND_OVER')
      .describe(
        'Let the partner say that it manages the customer alone: the console is then closed to its own people',
      ),
    reason,
  }),
]);
export type Decision = z.output<typeof decision>;

export function decide(standing: Standing, command: Decision, by: By): Plan<AccessView> {
  const before = beforeOf(standing, by.target);
  expectVersion(by.ifMatch, before.version);
  const reasoned = 'reason' in command ? command.reason : undefined;
  const told = (change: Change['change']) => ({
    by,
    told: { change, by: 'CUSTOMER' } as const,
    reason: reasoned,
  });
  const decided = true;
  switch (command.decision) {
    case 'APPROVE': {
      if (by.ifMatch === '*') return refuse(ifMatchRequired, 'Approving is bound to what was read');
      const { asked: wished, askedBy } = before;
      if (!wished || !askedBy || wished.endsAt <= by.now) return refuse(nothingAsked);
      const to = { id: askedBy.home, name: askedBy.homeName };
      const goesOn = grantInForce(standing, by.target.path, by.now)?.to.id === to.id;
      const after = given(before, { terms: wished, to, givenBy: 'CUSTOMER', counts: goesOn }, by.now);
      return changed(standing, { ...after, decided }, { action: 'access.approve', ...told('GIVEN') });
    }
    case 'REFUSE': {
      if (!before.asked) return refuse(nothingAsked);
      const left = before.state === 'GIVEN' ? {} : ({ state: 'NONE' } as const);
      return changed(
        standing,
        { ...left, asked: null, decided },
        { action: 'access.refuse', ...told('REFUSED') },
      );
    }
    case 'REVOKE':
      if (!before.terms) return refuse(nothingGiven);
      return changed(
        standing,
        { ...revoked(before), decided },
        { action: 'access.revoke', ...told('REVOKED') },
      );
    case 'NARROW':
      if (!before.terms) return refuse(nothingGiven);
      if (!isWithin(command.terms, before.terms)) return refuse(notNarrower);
      mustEndInTime(command.terms, by.now);
      return changed(
        standing,
        { terms: command.terms, decided },
        { action: 'access.narrow', ...told('NARROWED') },
      );
    case 'HAND_OVER':
      return changed(standing, { decided: false }, { action: 'access.hand_over', ...told('HANDED_OVER') });
  }
}
