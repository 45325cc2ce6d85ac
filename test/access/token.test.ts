import { describe, expect, it } from 'vitest';
import { stateAt } from '../../lib/access/import.ts';
import {
  hashOfToken,
  isAddressOf,
  issue,
  mostWrong,
  type Recipient,
  recipientItem,
  tokenPattern,
  toLink,
  toRecipient,
} from '../../lib/access/import-link.ts';
import {
  endOf,
  holdingAt,
  isSeenFrom,
  noChanges,
  type Session,
  sessionItem,
  toSession,
  viewSession,
} from '../../lib/access/session.ts';
import { accessSessionKey, importLinkKey, importRecipientKey } from '../../lib/kit/keys.ts';
import { emailHash } from '../../lib/kit/membership.ts';

const now = '2026-01-01T00:00:00.000Z';
const place = {
  ...{ importId: 'imp_1', partnerId: 'prv_1', providerId: 'prv_1' },
  ...{ customerId: 'cus_1', personId: 'per_1' },
};
const token = 'T'.repeat(43);
const expiresAt = Date.parse('2026-02-14T00:00:00.000Z') / 1000;

describe('the link of an import', () => {
  const to = { ...place, round: 2, email: 'Ada@Example.com' };
  const before: Recipient = {
    ...{ ...place, hash: 'old', round: 2, addressHash: 'x', wrong: 3, wished: true },
    ...{ noted: '2026-01-01T00', version: 6 },
  };

  it('counts from when it is mailed; those before it lead nowhere, what was tried wrongly stays', () => {
    const hash = hashOfToken(token);
    const link = { ...importLinkKey(hash), kind: 'importLink', ...place, expiresAt };
    const addressHash = emailHash('Ada@Example.com');
    const kept = {
      ...importRecipientKey('imp_1'),
      kind: 'importRecipient',
      ...place,
      hash,
      addressHash,
      expiresAt,
    };
    expect(hash).not.toContain(token);
    expect(hashOfToken(`${token.slice(1)}U`)).not.toBe(hash);
    expect(issue(to, undefined, { token, now })).toEqual([
      { do: 'create', item: link },
      { do: 'create', item: { ...kept, round: 2, wrong: 0, wished: false, noted: '', version: 1 } },
    ]);
    expect(issue(to, before, { token, now })).toEqual([
      { do: 'create', item: link },
      {
        ...{ do: 'replace', version: 6 },
        item: { ...kept, round: 2, wrong: 3, wished: true, noted: '2026-01-01T00', version: 7 },
      },
    ]);
    const [, next] = issue({ ...to, round: 3 }, before, { token, now });
    expect(next).toMatchObject({ item: { round: 3, wrong: 0, wished: true, version: 7 } });
    expect(JSON.stringify([issue(to, before, { token, now })])).not.toContain(token);
  });

  it('is read as it was stored', () => {
    const { noted: _, ...bare } = before;
    expect(toRecipient(recipientItem(before, now))).toEqual(before);
    expect(toRecipient(bare)).toEqual({ ...before, noted: '' });
    expect(toLink({ ...place, PK: 'x', expiresAt })).toEqual(place);
    for (const name of Object.keys(place)) expect(() => toLink({ ...place, [name]: undefined })).toThrow();
  });

  it('is answered by who knows the address, however they write it, and five times wrongly at most', () => {
    const to = { ...before, addressHash: emailHash('ada@example.com') };
    const typed = [
      'ada@example.com',
      ' ada@example.com ',
      'ADA@example.com',
      'adaexample.com',
      '',
      'eve@example.com',
    ];
    expect(typed.map((one) => isAddressOf(one, to))).toEqual([true, true, true, false, false, false]);
    expect(mostWrong).toBe(5);
    const forms = [
      token,
      'T'.repeat(42),
      'T'.repeat(44),
      `${'T'.repeat(42)}.`,
      `${token}\n`,
      '_-'.padEnd(43, '0'),
    ];
    expect(forms.map((one) => tokenPattern.test(one))).toEqual([true, false, false, false, false, true]);
  });

  it('is over with its time, to the millisecond, and stays what it became before', () => {
    const end = { state: 'PENDING', endsAt: now } as const;
    expect(stateAt(end, '2025-12-31T23:59:59.999Z')).toBe('PENDING');
    expect([stateAt(end, now), stateAt({ ...end, state: 'CONFIRMED' }, now)]).toEqual([
      'EXPIRED',
      'CONFIRMED',
    ]);
  });
});

describe('a stored session', () => {
  const path = ['plt_0', 'prv_1', 'cus_2', 'cus_1'];
  const session: Session = {
    ...{ id: 'ses_1', state: 'OPEN', personId: 'per_1', personName: 'Ada', home: 'prv_1', homeName: 'MSP' },
    ...{
      roles: ['CUSTOMER_OPERATOR'],
      minutes: 30,
      reason: 'A reason',
      ticket: 'T-1',
      askedAt: now,
      startsAt: now,
    },
    ...{
      endsAt: '2026-01-01T00:30:00.000Z',
      approved: true,
      decidedBy: 'per_2',
      endedAt: null,
      endedBy: null,
    },
    ...{ epoch: 1, path: path.join('/'), tokenHash: 'hash', version: 3 },
  };
  const grant = {
    ...{ state: 'GIVEN', roles: ['CUSTOMER_OPERATOR'], mostMinutes: 20, approval: 'EACH', version: 1 },
    ...{ endsAt: '2026-06-01T00:00:00.000Z', epoch: 1, to: { id: 'prv_1' } },
  };

  it('is read as it was stored', () => {
    expect(sessionItem('cus_1', session)).toEqual({
      ...{ ...accessSessionKey('cus_1', 'ses_1'), kind: 'accessSession' },
      ...session,
    });
    expect(toSession(sessionItem('cus_1', session))).toEqual(session);
  });

  it('ends after its minutes, never beyond what is given', () => {
    expect(endOf(30, grant, now)).toBe('2026-01-01T00:30:00.000Z');
    expect(endOf(30, { endsAt: '2026-01-01T00:10:00.000Z' }, now)).toBe('2026-01-01T00:10:00.000Z');
  });

  it('is seen by its customer, its own company, and whoever stood above that when it came', () => {
    const seen = (home: string, of: Partial<Session> = {}) =>
      isSeenFrom(home, 'cus_1', { ...session, ...of });
    expect(['cus_1', 'prv_1', 'plt_0', 'cus_2', 'prv_9'].map((one) => seen(one))).toEqual([
      ...[true, true, true, false, false],
    ]);
    expect(['cus_2', 'prv_1', 'cus_1'].map((one) => seen(one, { home: 'cus_2' }))).toEqual([
      true,
      true,
      true,
    ]);
  });

  it('shows what holds of it, and nothing of its token', () => {
    const holding = holdingAt(session, { grant, management: undefined }, { path, now });
    expect(holding).toMatchObject({ state: 'OPEN', minutes: 20, endsAt: '2026-01-01T00:20:00.000Z' });
    expect(viewSession('cus_1', session, { holding, changes: noChanges })).toEqual({
      ...{ id: 'ses_1', customerId: 'cus_1', person: { id: 'per_1', name: 'Ada' } },
      ...{ organization: { id: 'prv_1', name: 'MSP' }, roles: ['CUSTOMER_OPERATOR'], minutes: 20 },
      ...{ reason: 'A reason', ticket: 'T-1', state: 'OPEN', askedAt: now, startsAt: now },
      ...{ endsAt: '2026-01-01T00:20:00.000Z', decidedBy: 'per_2', endedAt: null, endedBy: null },
      ...{ changes: { count: 0, more: false }, audit: '/v1/audit-events?customerId=cus_1&session=ses_1' },
    });
  });
});
