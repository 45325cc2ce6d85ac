import { describe, expect, it } from 'vitest';
import { delegated, takeable } from '../../lib/kit/delegable.ts';
import {
  awaitsUntil,
  delegationKeys,
  type Given,
  grantInForce,
  hashOfToken,
  holdingOf,
  isBelow,
  managementTypeOf,
  readSessionToken,
  sessionSecretBytes,
  sessionTokenText,
  verdictOn,
} from '../../lib/kit/delegation.ts';
import { accessKey, accessSessionKey, managementKey } from '../../lib/kit/keys.ts';

const start = Date.parse('2026-01-01T12:00:00.000Z');
const at = (minutes: number) => new Date(start + minutes * 60_000).toISOString();
const customerId = `cus_${'1'.repeat(26)}`;
const path = ['plt_0', 'prv_1', 'cus_R', customerId];
const roles = ['CUSTOMER_ADMINISTRATOR', 'CUSTOMER_OPERATOR'] as const;
const grant = {
  ...{ state: 'GIVEN', roles: [...roles], mostMinutes: 60, approval: 'STANDING', endsAt: at(600) },
  ...{ givenBy: 'CUSTOMER', to: { id: 'prv_1' }, termsAt: at(-500), epoch: 2, version: 5 },
};
const given = (more: object = {}, managementType?: string): Given => ({
  grant: { ...grant, ...more },
  management: managementType === undefined ? undefined : { managementType },
});

describe('a grant', () => {
  const counts = (more: object = {}, type?: string, where: readonly string[] = path, now = at(0)) =>
    grantInForce(given(more, type), where, now);

  it('counts while it is given, has not ended, and its organization stands above the customer', () => {
    expect(counts()).toEqual(grant);
    expect(grantInForce({ grant: undefined, management: undefined }, path, at(0))).toBeUndefined();
    for (const state of ['ASKED', 'REVOKED', 'ENDED']) expect(counts({ state })).toBeUndefined();
    expect([counts({ endsAt: at(0) }), counts({ endsAt: at(1) })?.endsAt]).toEqual([undefined, at(1)]);
    expect(counts({ to: null })).toBeUndefined();
    expect(counts({ to: undefined })).toBeUndefined();
    expect(counts({ to: { id: 'prv_2' } })).toBeUndefined();
    expect(counts({ to: { id: customerId } })).toBeUndefined();
    expect(counts({}, undefined, ['plt_0', 'prv_2', customerId])).toBeUndefined();
    expect([isBelow(path, 'cus_R'), isBelow(path, customerId), isBelow(path, 'cus_X')]).toEqual([
      true,
      false,
      false,
    ]);
  });

  it('counts by who manages the customer', () => {
    expect(managementTypeOf(undefined)).toBe('BOTH');
    expect(counts({}, 'CUSTOMER')).toBeUndefined();
    expect(counts({ givenBy: 'PARTNER' })).toBeUndefined();
    expect(counts({ givenBy: 'PARTNER' }, 'BOTH')).toBeUndefined();
    expect(counts({ givenBy: 'PARTNER' }, 'PARTNER')).toMatchObject({
      givenBy: 'PARTNER',
      approval: 'STANDING',
    });
    // Where the partner manages it alone nobody is asked each time.
    expect(counts({ approval: 'EACH' }, 'PARTNER')?.approval).toBe('STANDING');
    expect(counts({ approval: 'EACH' }, 'BOTH')?.approval).toBe('EACH');
    // One that does not say by whom is the customer's own.
    expect(counts({ givenBy: undefined })).toMatchObject({ givenBy: 'CUSTOMER' });
    expect(counts({ termsAt: undefined })).toMatchObject({ termsAt: null });
  });
});

describe('a session', () => {
  const open = {
    ...{ state: 'OPEN', home: 'prv_1', roles: [...roles], minutes: 30, askedAt: at(-10), startsAt: at(-10) },
    ...{ endsAt: at(20), approved: false, epoch: 2, path: path.join('/') },
  } as const;
  const waits = { ...open, state: 'AWAITING', startsAt: null, endsAt: null, askedAt: at(0) } as const;
  const holds = (of: object, beside = given(), now = at(0), where: readonly string[] = path) =>
    holdingOf({ ...open, ...of } as never, beside, where, now);

  it('holds what is left of it by what is given now', () => {
    const whole = { roles: [...roles], minutes: 30 };
    expect(holds({})).toEqual({ ...whole, state: 'OPEN', endsAt: at(20), given: grant });
    expect(holds({}, given({ mostMinutes: 15 }))).toMatchObject({ minutes: 15, endsAt: at(5) });
    expect(holds({}, given({ endsAt: at(3) }))).toMatchObject({ minutes: 30, endsAt: at(3) });
    expect(holds({}, given({ roles: ['CUSTOMER_OPERATOR'] })).roles).toEqual(['CUSTOMER_OPERATOR']);
    expect(holds({ endsAt: null })).toMatchObject({ state: 'OPEN', endsAt: at(50) });
    expect(holds({}, given({ approval: 'EACH' })).state).toBe('REVOKED');
    expect(holds({ approved: true }, given({ approval: 'EACH' })).state).toBe('OPEN');
  });

  it('is revoked with what was given, moved with its customer, and what it was before stays', () => {
    const revoked = { roles: [...roles], minutes: 30, state: 'REVOKED', endsAt: at(20) };
    for (const more of [{ state: 'REVOKED' }, { epoch: 3 }, { roles: [] }, { to: { id: 'cus_R' } }])
      expect(holds({}, given(more)), JSON.stringify(more)).toEqual(revoked);
    expect(holds({ roles: ['CUSTOMER_ADMINISTRATOR'] }, given({ roles: ['CUSTOMER_OPERATOR'] })).state).toBe(
      'REVOKED',
    );
    expect(holds({}, given(), at(0), [...path.slice(0, 2), customerId])).toEqual({
      ...revoked,
      state: 'MOVED',
    });
    for (const state of ['REFUSED', 'ENDED'])
      expect(holds({ state }, given({ state: 'REVOKED' }))).toEqual({ ...revoked, state });
  });

  it('is over with its time, to the millisecond', () => {
    const over = (now: string, beside = given()) => holds({}, beside, now).state;
    expect([over(at(20 - 1 / 60_000)), over(at(20))]).toEqual(['OPEN', 'EXPIRED']);
    expect([
      over(at(5 - 1 / 60_000), given({ mostMinutes: 15 })),
      over(at(5), given({ mostMinutes: 15 })),
    ]).toEqual([...['OPEN', 'EXPIRED']]);
    // Whatever becomes of the customer afterwards.
    expect(holds({}, given({ state: 'REVOKED' }), at(20)).state).toBe('EXPIRED');
  });

  it('waits for a day, with what it may become', () => {
    const day = 24 * 60;
    expect(awaitsUntil(at(0))).toBe(at(day));
    expect(holds(waits)).toEqual({ state: 'AWAITING', roles: [...roles], minutes: 30, endsAt: null });
    expect(holds(waits, given({ mostMinutes: 10, roles: ['CUSTOMER_OPERATOR'] }))).toEqual({
      ...{ state: 'AWAITING', roles: ['CUSTOMER_OPERATOR'], minutes: 10, endsAt: null },
    });
    const lasting = given({ endsAt: at(3 * day) });
    expect([holds(waits, lasting, at(day - 1)).state, holds(waits, lasting, at(day)).state]).toEqual([
      'AWAITING',
      'EXPIRED',
    ]);
    expect(holds(waits, given({ approval: 'EACH' })).state).toBe('AWAITING');
  });

  it('that ran when less was given ended then, or when its shorter time was over', () => {
    const ended = (more: object, of: object = {}) => holds(of, given(more), at(100));
    const as = (endsAt: string, minutes: number) => ({
      state: 'EXPIRED',
      roles: [...roles],
      endsAt,
      minutes,
    });
    expect(ended({})).toEqual(as(at(20), 30));
    // Its time was cut to fifteen minutes while it ran: at once where those were over, else when they were.
    expect(ended({ mostMinutes: 15, termsAt: at(10) })).toEqual(as(at(10), 15));
    expect(ended({ mostMinutes: 15, termsAt: at(-5) })).toEqual(as(at(5), 15));
    expect(ended({ mostMinutes: 15, termsAt: at(20) })).toEqual(as(at(20), 30));
    expect(ended({ mostMinutes: 15, termsAt: null })).toEqual(as(at(20), 30));
    expect(ended({ mostMinutes: 15, termsAt: at(10), epoch: 3 })).toEqual(as(at(20), 30));
    expect(ended({ mostMinutes: 15, termsAt: at(10), state: 'REVOKED' })).toEqual(as(at(20), 30));
    expect(ended({ mostMinutes: 60, termsAt: at(10) })).toEqual(as(at(20), 30));
    expect(holds(waits, given({ mostMinutes: 15, termsAt: at(10) }), at(9999))).toMatchObject({
      state: 'EXPIRED',
      minutes: 30,
    });
  });
});

describe('a verdict', () => {
  const token = { customerId, sessionId: `ses_${'2'.repeat(26)}`, secret: 's'.repeat(43) };
  const session = {
    ...{ id: token.sessionId, state: 'OPEN', personId: 'per_1', home: 'prv_1', roles: [...roles] },
    ...{ startsAt: at(-10), endsAt: at(20), approved: false, epoch: 2, path: path.join('/'), minutes: 30 },
    ...{ askedAt: at(-10), reason: 'A reason', ticket: null, tokenHash: hashOfToken(token), version: 3 },
  };
  const caller = { personId: 'per_1', home: 'prv_1', target: { id: customerId, path }, disabled: false };
  const says = (of: object = {}, by: object = {}, beside: Given = given()) =>
    verdictOn({ token, session: { ...session, ...of }, ...beside }, { ...caller, ...by }, at(0));

  it('binds what is done to the session and the grant as they were read', () => {
    expect(says()).toEqual({
      ...{ session, roles: [...roles], endsAt: at(20) },
      bound: [
        { do: 'check', key: accessSessionKey(customerId, token.sessionId), version: 3 },
        { do: 'check', key: accessKey(customerId), version: 5 },
      ],
    });
    expect(delegationKeys(token)).toEqual([
      accessSessionKey(customerId, token.sessionId),
      ...[accessKey(customerId), managementKey(customerId)],
    ]);
  });

  it('says why not, the first thing that is wrong', () => {
    const why = (...of: Parameters<typeof says>) => (says(...of) as { why: string }).why;
    expect(why({ state: 'AWAITING', startsAt: null, endsAt: null })).toBe('AWAITING_APPROVAL');
    expect(why({ state: 'REFUSED' })).toBe('ENDED');
    expect(why({ state: 'ENDED' })).toBe('ENDED');
    expect(why({ endsAt: at(0) })).toBe('EXPIRED');
    expect(why({}, {}, given({ state: 'REVOKED' }))).toBe('REVOKED');
    expect(why({ path: 'elsewhere' })).toBe('MOVED');
    expect(why({}, { disabled: true })).toBe('DISABLED');
    expect(why({ state: 'ENDED' }, { disabled: true })).toBe('ENDED');
    expect(why({ tokenHash: 'x' }, { personId: 'per_2' })).toBe('WRONG_SECRET');
    expect(why({}, { personId: 'per_2', target: undefined })).toBe('ANOTHER_PERSON');
  });

  it('is over a token of one form', () => {
    const text = sessionTokenText(token);
    expect(text).toBe(`qas.${customerId}.${token.sessionId}.${token.secret}`);
    expect(sessionSecretBytes).toBe(32);
    expect(readSessionToken(text)).toEqual(token);
    const parts = text.split('.');
    for (let place = 0; place < parts.length; place++)
      for (const put of ['', 'x', `${parts[place]}x`, `x${parts[place]}`, parts[place]?.slice(1) ?? ''])
        expect(readSessionToken(parts.with(place, put).join('.')), put).toBeUndefined();
    for (const other of ['', 'qas', `${text}.`, `${text}.x`, parts.slice(0, 3).join('.')])
      expect(readSessionToken(other), other).toBeUndefined();
    const hashes = [
      token,
      { ...token, customerId: 'x' },
      { ...token, sessionId: 'x' },
      { ...token, secret: 'x' },
    ];
    expect(new Set(hashes.map(hashOfToken)).size).toBe(4);
  });
});

describe('what may be taken', () => {
  it('is what a person’s own roles let them take, in one order', () => {
    expect(takeable(['CATALOG_ADMINISTRATOR'])).toEqual([...roles]);
    expect(takeable(['RESELLER_FULL_ADMINISTRATOR', 'MSP_OPERATOR'])).toEqual([...roles]);
    expect(takeable(['MSP_OPERATOR'])).toEqual(['CUSTOMER_OPERATOR']);
    expect(takeable(['SYSTEM_ADMINISTRATOR'])).toEqual(['CUSTOMER_OPERATOR']);
    expect([takeable([]), takeable(['ASSET_MANAGER', 'CUSTOMER_ADMINISTRATOR'])]).toEqual([[], []]);
  });
  it('gives what its roles give: of the console, or what the person has anyway', () => {
    const operator = [...delegated(['CUSTOMER_OPERATOR'], [])];
    expect(operator).toEqual(['console.read']);
    const all = delegated([...roles], ['CATALOG_ADMINISTRATOR']);
    expect([all.has('console.manage'), all.has('items.manage'), all.has('credits.debit')]).toEqual([
      true,
      true,
      false,
    ]);
    expect(delegated(['CUSTOMER_ADMINISTRATOR'], ['MSP_OPERATOR']).has('items.manage')).toBe(false);
    expect(delegated(['CUSTOMER_OPERATOR'], ['CATALOG_ADMINISTRATOR']).has('items.manage')).toBe(false);
    expect([...delegated([], ['CATALOG_ADMINISTRATOR'])]).toEqual([]);
  });
});
