import { describe, expect, it } from 'vitest';
import {
  isTokenOf,
  mayRedeem,
  mostRefusals,
  readPackageToken,
  redeem,
  refuseToken,
  toRedeemable,
} from '../../lib/endpoints/enrolment.ts';
import { packageKey } from '../../lib/kit/keys.ts';

const customerId = `cus_${'1'.repeat(26)}`;
const packageId = `pkg_${'2'.repeat(26)}`;
const secret = 'Az09_-'.padEnd(43, 'x');
const token = `qpk.${customerId}.${packageId}.${secret}`;
const key = packageKey(customerId, packageId);
const now = '2026-01-01T00:00:00.000Z';
const stored = {
  ...{
    id: packageId,
    groupId: 'mgr',
    platform: 'ANY',
    productId: 'prd',
    tokenHash: 'h',
    uses: 2,
    mostUses: 3,
  },
  ...{ expiresAt: '2026-01-01T00:00:00.001Z', state: 'ACTIVE' },
};
const of = (more: object = {}) => toRedeemable({ ...stored, ...more }, customerId);

describe('a package’s token', () => {
  it('is read as it was written, and not in any other form', () => {
    expect(readPackageToken(token)).toEqual({ customerId, packageId });
    const parts = token.split('.');
    for (let place = 0; place < parts.length; place++)
      for (const put of ['', 'x', `${parts[place]}x`, `x${parts[place]}`, parts[place]?.slice(1) ?? ''])
        expect(readPackageToken(parts.with(place, put).join('.')), put).toBeUndefined();
    for (const other of ['', 'qpk', `${token}.`, `${token}.x`, `${token}\n`, parts.slice(0, 3).join('.')])
      expect(readPackageToken(other), other).toBeUndefined();
    expect(readPackageToken(`qpk.${customerId}.${packageId}.${'x'.repeat(42)}!`)).toBeUndefined();
  });

  it('lets machines in while it is active, in time and not used up', () => {
    expect(of()).toEqual({ ...stored, customerId, refusals: 0 });
    expect(mayRedeem(of(), now)).toBe(true);
    expect(mayRedeem(of(), '2026-01-01T00:00:00.001Z')).toBe(false);
    expect(mayRedeem(of({ uses: 3 }), now)).toBe(false);
    expect(mayRedeem(of({ state: 'REVOKED' }), now)).toBe(false);
    expect([isTokenOf(of(), 'h'), isTokenOf(of(), 'H'), isTokenOf(of(), '')]).toEqual([true, false, false]);
  });

  it('is used by exactly one of all who saw the same use', () => {
    const where = { uses: 2, state: 'ACTIVE' };
    expect(redeem(of())).toEqual({ do: 'amend', key, set: { uses: 3 }, where });
  });

  it('is void with its fifth refusal, and that alone is told', () => {
    expect(mostRefusals).toBe(5);
    expect(refuseToken(of())).toEqual({
      writes: [{ do: 'amend', key, set: { refusals: 1 }, where: { state: 'ACTIVE', refusals: null } }],
    });
    expect(refuseToken(of({ refusals: 3 }))).toEqual({
      writes: [{ do: 'amend', key, set: { refusals: 4 }, where: { state: 'ACTIVE', refusals: 3 } }],
    });
    expect(refuseToken(of({ refusals: 4 }))).toEqual({
      writes: [
        { do: 'amend', key, set: { refusals: 5, state: 'REVOKED' }, where: { state: 'ACTIVE', refusals: 4 } },
      ],
      receipt: {
        ...{ action: 'packages.void', subject: packageId },
        ...{ before: { state: 'ACTIVE' }, after: { state: 'REVOKED', refusals: 5 } },
      },
      announcements: [{ type: 'endpoints.package_voided.v1', subject: packageId, data: { refusals: 5 } }],
    });
  });
});
