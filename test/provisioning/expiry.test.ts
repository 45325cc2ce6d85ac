import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { accountChanges, createdAccount } from '../../lib/aws/ldap-account.ts';
import type { DirectoryAccount } from '../../lib/kit/directory.ts';

const ending = (expiresAt: string | null) => ({ name: 'ann_ACME', expiresAt }) as DirectoryAccount;
const told = (expiresAt: string | null): string => {
  const created = createdAccount(ending(expiresAt), { enabled: true, password: 'x' });
  return String(created.find(({ type }) => type === 'accountExpires')?.values[0]);
};

describe('accountExpires', () => {
  it('never says never of an account that has an end, however long ago', () => {
    for (const instant of [
      '0001-01-02T00:00:00.000Z',
      '1601-01-01T00:00:00.000Z',
      '-000001-01-01T00:00:00Z',
    ]) {
      expect(told(instant)).toBe('1');
    }
    fc.assert(
      fc.property(fc.date({ noInvalidDate: true, max: new Date('9999-12-31') }), (end) => {
        const ticks = BigInt(told(end.toISOString()));
        expect(ticks >= 1n && ticks < 2n ** 63n - 1n).toBe(true);
      }),
    );
    expect(told(null)).toBe('0');
  });

  it('is mended where a directory holds never for it', () => {
    const found = { dn: 'CN=Ann', accountExpires: '0', userAccountControl: '512' };
    const changes = accountChanges(ending('1601-01-01T00:00:00.000Z'), found, {
      enabled: true,
      forceChange: false,
    });
    expect(changes.map(({ modification }) => [modification.type, modification.values]).at(-1)).toEqual([
      'accountExpires',
      ['1'],
    ]);
  });
});
