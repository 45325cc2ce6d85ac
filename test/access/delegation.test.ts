import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hashOfToken, readSessionToken, sessionTokenText, verdictOn } from '../../lib/kit/delegation.ts';
import { platformId } from '../../lib/kit/id.ts';

const id = (prefix: string, digit: number) => `${prefix}_${String(digit).repeat(26)}`;
const [provider, other, customer] = [id('prv', 1), id('prv', 2), id('cus', 3)];
const people = [id('per', 4), id('per', 5)];
const start = Date.parse('2026-11-21T12:00:00.000Z');
const iso = (ms: number) => new Date(start + ms).toISOString();
const minute = 60_000;
const roles = ['CUSTOMER_ADMINISTRATOR', 'CUSTOMER_OPERATOR'] as const;

/** The system as it stores it: what decides is `verdictOn` alone. */
interface World {
  now: number;
  grant: Record<string, unknown> | undefined;
  management: { managementType: 'PARTNER' | 'CUSTOMER' | 'BOTH' } | undefined;
  path: string[];
  disabled: boolean;
  session: Record<string, unknown> | undefined;
}

/** The reference: knows nothing of items, only what happened, in words. */
interface Reference {
  now: number;
  ended: boolean;
  opened?: { at: number; minutes: number; roles: readonly string[]; person: string };
  given?: { roles: readonly string[]; most: number; until: number; byPartner: boolean };
  manages: 'PARTNER' | 'CUSTOMER' | 'BOTH';
  disabled: boolean;
}

const token = { customerId: customer, sessionId: id('ses', 6), secret: 's'.repeat(43) };
const home = [platformId, provider, customer];

const subsets = fc.subarray([...roles], { minLength: 1 });
const command = fc.oneof(
  fc.record({
    do: fc.constant('give' as const),
    roles: subsets,
    most: fc.integer({ min: 5, max: 60 }),
    lasts: fc.integer({ min: 1, max: 90 }),
  }),
  fc.record({ do: fc.constant('narrow' as const), roles: subsets, most: fc.integer({ min: 5, max: 60 }) }),
  fc.record({
    do: fc.constantFrom(
      'revoke' as const,
      'end' as const,
      'move' as const,
      'disable' as const,
      'enable' as const,
    ),
  }),
  fc.record({
    do: fc.constant('manage' as const),
    type: fc.constantFrom('PARTNER' as const, 'CUSTOMER' as const, 'BOTH' as const),
  }),
  fc.record({
    do: fc.constant('open' as const),
    roles: subsets,
    minutes: fc.integer({ min: 5, max: 60 }),
    person: fc.constantFrom(...people),
  }),
  fc.record({
    do: fc.constant('wait' as const),
    ms: fc.constantFrom(1, 999, 1000, minute, 7 * minute, 29 * minute),
  }),
);
type Command = typeof command extends fc.Arbitrary<infer C> ? C : never;

const may = ({ given, manages, now }: Reference) =>
  given !== undefined &&
  manages !== 'CUSTOMER' &&
  now < given.until &&
  !(manages === 'BOTH' && given.byPartner);

function step(world: World, told: Reference, one: Command): void {
  const { grant } = world;
  switch (one.do) {
    case 'wait':
      world.now += one.ms;
      told.now += one.ms;
      return;
    case 'give': {
      const byPartner = told.manages === 'PARTNER';
      const counted = may(told);
      const epoch = Number(grant?.epoch ?? 0) + (counted ? 0 : 1);
      const until = told.now + one.lasts * minute;
      world.grant = {
        ...{ state: 'GIVEN', roles: one.roles, mostMinutes: one.most, approval: 'STANDING' },
        ...{ endsAt: iso(until), epoch, version: 1, givenBy: byPartner ? 'PARTNER' : 'CUSTOMER' },
        to: { id: provider },
      };
      if (!counted) told.ended = true;
      told.given = { roles: one.roles, most: one.most, until, byPartner };
      return;
    }
    case 'narrow':
      if (!told.given || !grant) return;
      told.given = {
        ...told.given,
        roles: told.given.roles.filter((role) => (one.roles as string[]).includes(role)),
        most: Math.min(told.given.most, one.most),
      };
      world.grant = { ...grant, roles: told.given.roles, mostMinutes: told.given.most };
      return;
    case 'revoke':
      if (grant) world.grant = { state: 'REVOKED', epoch: Number(grant.epoch) + 1, version: 1 };
      delete told.given;
      told.ended = true;
      return;
    case 'manage':
      world.management = { managementType: one.type };
      told.manages = one.type;
      return;
    case 'move':
      world.path = [platformId, provider, `${world.path.at(-2)}>`, customer];
      told.ended = true;
      return;
    case 'disable':
    case 'enable':
      world.disabled = one.do === 'disable';
      told.disabled = world.disabled;
      return;
    case 'end':
      if (world.session) world.session = { ...world.session, state: 'ENDED' };
      told.ended = true;
      return;
    case 'open': {
      if (!may(told) || !told.given) return;
      const minutes = Math.min(one.minutes, told.given.most);
      const taken = one.roles.filter((role) => told.given?.roles.includes(role));
      const until = Math.min(told.now + minutes * minute, told.given.until);
      world.session = {
        ...{ id: token.sessionId, state: 'OPEN', personId: one.person, home: provider, roles: taken },
        ...{ startsAt: iso(world.now), endsAt: iso(until), approved: false, epoch: world.grant?.epoch },
        ...{ path: world.path.join('/'), reason: 'A reason', ticket: null, version: 1 },
        ...{ minutes, askedAt: iso(world.now) },
        tokenHash: hashOfToken(token),
      };
      told.opened = { at: told.now, minutes, roles: taken, person: one.person };
      told.ended = false;
    }
  }
}

/** What a request of somebody may by the reference: roles, or nothing. */
function expected(told: Reference, person: string): readonly string[] | undefined {
  const { opened, given } = told;
  if (!opened || !given || opened.person !== person || told.ended || told.disabled || !may(told))
    return undefined;
  const lasts = Math.min(opened.minutes, given.most, 60) * minute;
  if (told.now >= opened.at + lasts || told.now >= given.until) return undefined;
  const left = opened.roles.filter((role) => given.roles.includes(role));
  return left.length > 0 ? left : undefined;
}

const act = (world: World, person: string, at = 0) => {
  const caller = {
    ...{ personId: person, home: provider, disabled: world.disabled },
    target: { id: customer, path: world.path },
  };
  const { session, grant, management } = world;
  return verdictOn({ token, session, grant, management }, caller, iso(world.now + at));
};

/** Before anything was agreed: the system, and what the reference says of it. */
const unbegun = (): { world: World; told: Reference } => ({
  world: {
    ...{ now: 0, path: home, disabled: false },
    ...{ grant: undefined, management: undefined, session: undefined },
  },
  told: { now: 0, ended: false, manages: 'BOTH', disabled: false },
});

describe('a delegated session', () => {
  it('counts exactly when the reference says so, whatever was done before (D-1 to D-3)', () => {
    let counted = 0;
    let acts = 0;
    fc.assert(
      fc.property(fc.array(command, { minLength: 1, maxLength: 25 }), (commands) => {
        const { world, told } = unbegun();
        for (const one of commands) {
          step(world, told, one);
          for (const person of people) {
            const verdict = act(world, person);
            const roles = expected(told, person);
            expect('why' in verdict ? undefined : verdict.roles).toEqual(roles);
            acts++;
            if (roles) counted++;
          }
        }
      }),
      { numRuns: 1500, seed: 6 },
    );
    expect(counted, `${acts} requests`).toBeGreaterThan(500);
  });

  it.each([
    ['its own minutes', { minutes: 30, most: 60, lasts: 90 }, 30],
    ['what is given', { minutes: 60, most: 60, lasts: 20 }, 20],
    ['a narrowed length', { minutes: 60, most: 60, lasts: 90, narrowed: 10 }, 10],
  ])('ends with %s, not a second sooner or later', (_name, of, minutes) => {
    const { world, told } = unbegun();
    const both = [...roles];
    step(world, told, { do: 'give', roles: both, most: of.most, lasts: of.lasts });
    step(world, told, { do: 'open', roles: both, minutes: of.minutes, person: people[0] ?? '' });
    if ('narrowed' in of) step(world, told, { do: 'narrow', roles: both, most: Number(of.narrowed) });
    const at = (ms: number) => 'why' in act(world, people[0] ?? '', minutes * minute + ms);
    expect([at(-1000), at(-1), at(0), at(1000)]).toEqual([false, false, true, true]);
  });

  it('is nobody’s but its person’s at their own company, and for no customer but its own', () => {
    const { world, told } = unbegun();
    step(world, told, { do: 'give', roles: [...roles], most: 60, lasts: 90 });
    step(world, told, { do: 'open', roles: [...roles], minutes: 30, person: people[0] ?? '' });
    const { session, grant, management } = world;
    const presented = { token, session, grant, management };
    const caller = {
      personId: people[0] ?? '',
      home: provider,
      target: { id: customer, path: home },
      disabled: false,
    };
    expect(verdictOn(presented, caller, iso(0))).toHaveProperty('roles');
    const why = (change: object, with_: object = {}) =>
      verdictOn({ ...presented, ...with_ }, { ...caller, ...change }, iso(0));
    expect(why({ personId: people[1] })).toEqual({ why: 'ANOTHER_PERSON' });
    expect(why({ home: other })).toEqual({ why: 'ANOTHER_PERSON' });
    expect(why({ target: { id: id('cus', 8), path: home } })).toEqual({ why: 'ANOTHER_CUSTOMER' });
    expect(why({ target: undefined })).toEqual({ why: 'ANOTHER_CUSTOMER' });
    expect(why({}, { token: undefined })).toEqual({ why: 'MALFORMED' });
    expect(why({}, { session: undefined })).toEqual({ why: 'UNKNOWN' });
    expect(why({}, { token: { ...token, secret: `t${'s'.repeat(42)}` } })).toEqual({ why: 'WRONG_SECRET' });
    expect(why({}, { session: { ...session, state: 'AWAITING', startsAt: null, endsAt: null } })).toEqual({
      why: 'AWAITING_APPROVAL',
    });
  });
});

describe('a session’s token', () => {
  const text = sessionTokenText(token);
  it('is read as it was written, and not with any character changed, left out or added', () => {
    expect(readSessionToken(text)).toEqual(token);
    for (let at = 0; at < text.length; at++) {
      for (const put of ['', '.', ' ', '\n', 'é', text[at] === 'A' ? 'B' : 'A']) {
        if (put === text[at]) continue;
        const read = readSessionToken(text.slice(0, at) + put + text.slice(at + 1));
        if (read) expect(hashOfToken(read)).not.toBe(hashOfToken(token));
      }
      expect(readSessionToken(text.slice(0, at))).toBeUndefined();
    }
    expect(readSessionToken(`${text}.`)).toBeUndefined();
    expect(readSessionToken(text.replace('qas', 'qpk'))).toBeUndefined();
  });
});
