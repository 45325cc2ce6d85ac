import { describe, expect, it } from 'vitest';
import { overlayOf, placed } from '../../lib/kit/move.ts';
import {
  allows,
  effective,
  letsThrough,
  permissionsOf,
  reaching,
  rolesInForce,
} from '../../lib/kit/permission.ts';

const admin = 'CUSTOMER_ADMINISTRATOR';
const mine = 'MY_SERVICES_MANAGEMENT';
const seller = 'RESELLER_FULL_ADMINISTRATOR';

describe('a node', () => {
  it('lets through what it names, else all but the My-roles, which providers alone do', () => {
    const provider = { type: 'PROVIDER' };
    const customer = { type: 'CUSTOMER' };
    expect([letsThrough(provider, admin), letsThrough(provider, mine)]).toEqual([true, true]);
    expect([letsThrough(customer, admin), letsThrough(customer, mine)]).toEqual([true, false]);
    for (const own of ['MY_ACCOUNT_MANAGEMENT', 'MY_ACCOUNT_AND_SERVICES_MANAGEMENT'])
      expect(letsThrough({}, own)).toBe(false);
    const allowed = { ...customer, allowedRoles: [mine] };
    expect([letsThrough(allowed, admin), letsThrough(allowed, mine)]).toEqual([false, true]);
    const both = { allowedRoles: [mine, admin], restrictedRoles: [admin] };
    expect([letsThrough(both, admin), letsThrough(both, mine)]).toEqual([false, true]);
    expect(letsThrough({ allowedRoles: null, restrictedRoles: null }, admin)).toBe(true);
    expect(letsThrough({ ...provider, restrictedRoles: [mine] }, mine)).toBe(false);
  });

  it('takes away roles of customers alone, and every node of the line may', () => {
    const held = [admin, 'MSP_OPERATOR'];
    expect(effective(held, [])).toEqual(held);
    expect(effective(held, [{}, { restrictedRoles: [admin] }, {}])).toEqual(['MSP_OPERATOR']);
    expect(effective(held, [{ restrictedRoles: held }])).toEqual(['MSP_OPERATOR']);
  });
});

describe('roles', () => {
  const own = { home: 'CUSTOMER', own: true } as const;
  it('count where token and membership both name them', () => {
    expect(rolesInForce([admin, 'CUSTOMER_OPERATOR'], [admin], own)).toEqual([admin]);
    expect(rolesInForce([admin], ['CUSTOMER_OPERATOR'], own)).toEqual([]);
  });
  it('of customers reach their own customer alone; those of a reseller’s administrators all of it', () => {
    expect(rolesInForce([admin], [admin], { home: 'CUSTOMER', own: false })).toEqual([]);
    expect(rolesInForce([admin], [admin], { home: 'RESELLER', own: false })).toEqual([seller]);
    expect(rolesInForce([admin], [admin], { home: 'RESELLER', own: true })).toEqual([admin, seller]);
    expect(rolesInForce([seller], [seller], { home: 'RESELLER', own: false })).toEqual([seller]);
    expect(rolesInForce([seller], [seller], own)).toEqual([]);
    expect(rolesInForce([seller], [admin], { home: 'RESELLER', own: true })).toEqual([]);
    expect(rolesInForce([admin], [], { home: 'RESELLER', own: false })).toEqual([]);
    expect(reaching([admin, 'MSP_OPERATOR', seller])).toEqual(['MSP_OPERATOR', seller]);
  });
  it('give what one of them gives', () => {
    expect(allows([], 'customers.read')).toBe(false);
    expect(allows(['MSP_OPERATOR', admin], 'msp_mode.read')).toBe(true);
    expect(allows(['MSP_OPERATOR'], 'msp_mode.enable')).toBe(false);
    expect([...permissionsOf(['AGENT'])]).toEqual(['service_requests.report']);
    expect(permissionsOf([]).size).toBe(0);
  });
});

describe('a subtree on its way', () => {
  const move = { id: 'cus_R', operationId: 'o', from: ['plt', 'prv'], to: ['plt', 'prv', 'cus_N'] };
  it('stands where it goes to, and nothing else does', () => {
    expect(placed(['plt', 'prv', 'cus_R', 'cus_1'], move)).toEqual(['plt', 'prv', 'cus_N', 'cus_R', 'cus_1']);
    expect(placed(['plt', 'prv', 'cus_R'], move)).toEqual(['plt', 'prv', 'cus_N', 'cus_R']);
    for (const path of [['plt', 'prv', 'cus_2'], ['plt', 'cus_R'], ['plt']]) {
      expect(placed(path, move)).toEqual(path);
      expect(placed(path, undefined)).toEqual(path);
    }
  });
  it('is the one under way, else the last that arrived', () => {
    const arrived = { ...move, id: 'cus_A' };
    expect([
      overlayOf({ move, arrived }),
      overlayOf({ arrived }),
      overlayOf({}),
      overlayOf(undefined),
    ]).toEqual([...[move, arrived, undefined, undefined]]);
  });
});
