import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { authorize, type Candidate, readClaims, toNode } from '../../lib/aws/auth.ts';
import { hashOfToken } from '../../lib/kit/delegation.ts';
import { platformId } from '../../lib/kit/id.ts';
import { treeEntry } from '../../lib/kit/keys.ts';
import { type Permission, permissions } from '../../lib/kit/permission.ts';
import type { Problem } from '../../lib/kit/problem.ts';
import type { Route } from '../../lib/kit/route.ts';
import {
  depthOf,
  inScope,
  isUnlinked,
  type Node,
  type NodeType,
  platformOf,
  providerOf,
} from '../../lib/kit/scope.ts';

const id = (prefix: string, digit: string) => `${prefix}_${digit.repeat(26)}`;
const [P, Q, R, C, D, S, X, U] = [
  ...[id('prv', '1'), id('prv', '2'), id('cus', '3'), id('cus', '4')],
  ...[id('cus', '5'), id('cus', '6'), id('cus', '7'), id('cus', '8')],
] as [string, string, string, string, string, string, string, string];
/** Platform ← two providers; below the first a reseller with two customers and one of its own; U belongs to nobody. */
const parents: Record<string, string> = {
  [P]: platformId,
  [Q]: platformId,
  [R]: P,
  [C]: R,
  [S]: R,
  [D]: P,
  [X]: Q,
  [U]: platformId,
};
const types: Record<string, NodeType> = {
  [platformId]: 'PLATFORM',
  [P]: 'PROVIDER',
  [Q]: 'PROVIDER',
  [R]: 'RESELLER',
};
const typeOf = (one: string): NodeType => types[one] ?? 'CUSTOMER';
const pathOf = (one: string): string[] => (parents[one] ? [...pathOf(parents[one]), one] : [one]);
const all = [platformId, ...Object.keys(parents)];
const person = id('per', '9');

const node = (one: string, item: object = {}): Node => ({
  ...{ id: one, type: typeOf(one), path: pathOf(one), name: `Node ${one}`, version: 1 },
  item: { id: one, type: typeOf(one), ...item },
});

interface Asked {
  home: string;
  target: string | undefined;
  held: readonly string[];
  claimed: readonly string[];
  permission: Permission;
}

const candidateOf = ({ home, target, held, claimed }: Asked): Candidate => ({
  claims: { tenant: home, person, roles: claimed, provider: undefined },
  membership: { state: 'ACTIVE', roles: held },
  home: node(home),
  target: target === undefined ? undefined : node(target),
  above: [],
});

const below = { param: 'customerId', types: ['CUSTOMER', 'RESELLER'] } as const;
type Asking = Pick<Route, 'target' | 'undelegated'> & { permission: Permission | 'signed-in' | 'end-user' };
function verdict(candidate: Candidate, route: Asking): string {
  try {
    const { roles } = authorize(candidate, route as never);
    return `may as ${[...roles].sort()}`;
  } catch (error) {
    return (error as Problem).type.code;
  }
}

/** The rule in its own words: who holds what where, over parents alone. */
const isAbove = (home: string, one: string): boolean =>
  home === one || (parents[one] !== undefined && isAbove(home, parents[one]));
const customerRoles = ['CUSTOMER_ADMINISTRATOR', 'CUSTOMER_OPERATOR', 'MY_SERVICES_MANAGEMENT'];
function expected({ home, target, held, claimed, permission }: Asked): string {
  const seen = target !== undefined && isAbove(home, target);
  if (!seen || typeOf(target) === 'PLATFORM' || typeOf(target) === 'PROVIDER') return 'resource.not_found';
  const own = home === target;
  const both = held.filter((role) => claimed.includes(role));
  const counts = new Set<string>();
  for (const role of both) {
    const ofCustomers = customerRoles.includes(role);
    // The My-roles are let through by providers alone, unless somebody allows them.
    if (role === 'MY_SERVICES_MANAGEMENT' && typeOf(home) !== 'PROVIDER') continue;
    if (role === 'RESELLER_FULL_ADMINISTRATOR' || role === 'CUSTOMER_ADMINISTRATOR')
      if (typeOf(home) === 'RESELLER') counts.add('RESELLER_FULL_ADMINISTRATOR');
    if (role !== 'RESELLER_FULL_ADMINISTRATOR' && (!ofCustomers || own)) counts.add(role);
  }
  const granted: readonly string[] = permissions[permission];
  const may = [...counts].some((role) => granted.includes(role));
  if (may) return `may as ${[...counts].sort()}`;
  const enters: readonly string[] = permissions['access.enter'];
  const told = permission.startsWith('console.') && !own && [...counts].some((role) => enters.includes(role));
  return told ? 'access.session_needed' : 'request.forbidden';
}

const roles = [
  ...['PLATFORM_OPERATOR', 'SYSTEM_ADMINISTRATOR', 'CATALOG_ADMINISTRATOR', 'MSP_OPERATOR'],
  ...['RESELLER_FULL_ADMINISTRATOR', ...customerRoles],
];
const some = fc.subarray(roles, { minLength: 1, maxLength: 3 });
const asked = fc.record({
  home: fc.constantFrom(...all),
  target: fc.option(fc.constantFrom(...all), { nil: undefined }),
  held: some,
  claimed: fc.oneof(some, fc.constant(roles)),
  permission: fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom(...(Object.keys(permissions) as Permission[])) },
    fc.constantFrom('console.read' as const, 'console.manage' as const),
  ),
});

describe('who may', () => {
  it('is who the rule in other words says, for every home, target, role and permission (H-4, R-1)', () => {
    const heard = new Map<string, number>();
    fc.assert(
      fc.property(asked, (one) => {
        const said = verdict(candidateOf(one), { permission: one.permission, target: below });
        expect([one, said]).toEqual([one, expected(one)]);
        const kind = said.split(' ')[0] ?? '';
        heard.set(kind, (heard.get(kind) ?? 0) + 1);
      }),
      { numRuns: 1000, seed: 2026 },
    );
    for (const kind of ['may', 'resource.not_found', 'request.forbidden', 'access.session_needed'])
      expect(heard.get(kind), kind).toBeGreaterThan(10);
  });

  const at = (home: string, target: string | undefined, role: string): Candidate =>
    candidateOf({ home, target, held: [role], claimed: [role], permission: 'customers.read' });
  const read = { permission: 'customers.read', target: below } as const;
  const admin = 'CUSTOMER_ADMINISTRATOR';

  it('is a member now: active, not ended, of the provider that the token names', () => {
    const fine = at(C, C, admin);
    const member = fine.membership;
    const ended = (endsAt: string) => verdict({ ...fine, membership: { ...member, endsAt } }, read);
    expect(verdict(fine, read)).toBe(`may as ${admin}`);
    for (const row of [undefined, { ...member, state: 'INVITED' }, { roles: [admin] }])
      expect(verdict({ ...fine, membership: row }, read)).toBe('request.unauthenticated');
    expect(verdict({ ...fine, home: undefined }, read)).toBe('request.unauthenticated');
    expect([ended('2000-01-01T00:00:00.000Z'), ended('9999-01-01T00:00:00.000Z')]).toEqual([
      'request.unauthenticated',
      `may as ${admin}`,
    ]);
    vi.useFakeTimers({ now: Date.parse('2026-01-01T00:00:00.000Z') });
    expect([ended('2026-01-01T00:00:00.000Z'), ended('2026-01-01T00:00:00.001Z')]).toEqual([
      ...['request.unauthenticated', `may as ${admin}`],
    ]);
    vi.useRealTimers();
    const details = [{ membership: undefined }, { claims: { ...fine.claims, provider: Q } }].map((more) => {
      try {
        return authorize({ ...fine, ...more }, read as never);
      } catch (error) {
        return (error as Problem).detail;
      }
    });
    expect(details).toEqual([
      ...['The token belongs to nobody who is a member now', 'The token names another provider'],
    ]);
    const named = (provider: string, of = fine) =>
      verdict({ ...of, claims: { ...of.claims, provider } }, read);
    expect([named(P), named(Q)]).toEqual([`may as ${admin}`, 'request.unauthenticated']);
    expect(named(Q, at(U, U, admin))).toBe(`may as ${admin}`);
  });

  it('has a row as an end user where end users may, instead of a membership or beside one', () => {
    const row = { state: 'ACTIVE', roles: [], id: 'usr' };
    const fine = at(C, C, admin);
    const both = { ...fine, endUser: row };
    const scopeOf = (of: Candidate, permission: 'signed-in' | 'end-user' | 'customers.read') =>
      authorize(of, { permission, target: below } as never);
    expect(scopeOf(both, 'signed-in').caller).toBe(row);
    expect(scopeOf(fine, 'signed-in')).not.toHaveProperty('caller');
    expect(scopeOf(fine, 'end-user').caller).toBe(fine.membership);
    expect(scopeOf({ ...both, membership: undefined }, 'signed-in')).toMatchObject({
      caller: row,
      roles: [],
    });
    const gone = { ...both, membership: undefined, endUser: { ...row, state: 'GONE' } };
    expect(scopeOf({ ...gone, membership: fine.membership }, 'signed-in')).not.toHaveProperty('caller');
    expect(verdict(gone, { permission: 'signed-in' })).toBe('request.unauthenticated');
  });

  it('is nobody whose node, or one above it, is disabled', () => {
    const fine = at(C, C, admin);
    expect(verdict({ ...fine, home: node(C, { adminState: 'DISABLED' }) }, read)).toBe('node.disabled');
    expect(verdict({ ...fine, home: node(C, { adminState: 'ENABLED' }) }, read)).toBe(`may as ${admin}`);
    for (const [disabled, said] of [
      [[R], 'node.disabled'],
      [[D, P], 'node.disabled'],
      [[D, S], `may as ${admin}`],
      [[], `may as ${admin}`],
    ] as const)
      expect(verdict({ ...fine, forest: { disabled } }, read)).toBe(said);
    // Those above look after what is disabled.
    expect(verdict({ ...at(P, C, 'MSP_OPERATOR'), forest: { disabled: [R] } }, read)).toBe(
      'may as MSP_OPERATOR',
    );
  });

  it('has the roles alone that every node above lets through', () => {
    const fine = at(C, C, admin);
    expect(verdict({ ...fine, above: [{ restrictedRoles: [admin] }] }, read)).toBe('request.forbidden');
    expect(verdict({ ...fine, above: [{ allowedRoles: ['CUSTOMER_OPERATOR'] }] }, read)).toBe(
      'request.forbidden',
    );
    expect(verdict({ ...fine, home: node(C, { restrictedRoles: [admin] }) }, read)).toBe('request.forbidden');
    const { above: _, ...none } = fine;
    expect(verdict(none, read)).toBe(`may as ${admin}`);
  });

  it('is asked about where things stand after a move, not where they are stored', () => {
    const forest = { move: { id: C, operationId: 'o', from: [platformId, P, R], to: [platformId, P] } };
    expect(verdict({ ...at(R, C, admin), forest }, read)).toBe('resource.not_found');
    expect(verdict({ ...at(P, C, 'MSP_OPERATOR'), forest }, read)).toBe('may as MSP_OPERATOR');
    const { home, target } = authorize({ ...at(C, C, admin), forest }, read as never);
    expect([home.path, target.path]).toEqual([
      [platformId, P, C],
      [platformId, P, C],
    ]);
  });

  it('acts on its own node where none is named, if that is of the right type', () => {
    const home = (...allowed: NodeType[]) =>
      ({ permission: 'customers.read', target: { home: allowed } }) as const;
    const fine = at(P, undefined, 'MSP_OPERATOR');
    expect(authorize(fine, home('PROVIDER') as never).target.id).toBe(P);
    expect(verdict(fine, home('RESELLER', 'PROVIDER'))).toBe('may as MSP_OPERATOR');
    expect(verdict(fine, home('RESELLER'))).toBe('request.forbidden');
    expect(authorize(at(P, C, 'MSP_OPERATOR'), { permission: 'customers.read' } as never).target.id).toBe(P);
    const under = { permission: 'customers.read', target: { ...below, below: true } } as const;
    expect(verdict(at(C, C, admin), under)).toBe('request.forbidden');
    expect(verdict(at(P, C, 'MSP_OPERATOR'), under)).toBe('may as MSP_OPERATOR');
  });

  it('enters a console that its partner manages from above alone', () => {
    const look = { permission: 'console.read', target: below } as const;
    const managed = (managementType: string, of = at(C, C, admin)) =>
      verdict({ ...of, management: { managementType } }, look);
    expect([managed('PARTNER'), managed('BOTH'), managed('CUSTOMER')]).toEqual([
      'access.managed_by_partner',
      `may as ${admin}`,
      `may as ${admin}`,
    ]);
    expect(verdict(at(C, C, admin), look)).toBe(`may as ${admin}`);
    expect(managed('PARTNER', at(U, U, admin))).toBe(`may as ${admin}`);
    expect(verdict({ ...at(C, C, admin), management: { managementType: 'PARTNER' } }, read)).toBe(
      `may as ${admin}`,
    );
  });
});

describe('in a session', () => {
  const token = { customerId: C, sessionId: id('ses', 'A'), secret: 's'.repeat(43) };
  const soon = (minutes: number) => new Date(Date.now() + minutes * 60_000).toISOString();
  const session = {
    ...{
      id: token.sessionId,
      state: 'OPEN',
      personId: person,
      home: P,
      roles: [...customerRoles.slice(0, 2)],
    },
    ...{ startsAt: soon(-1), endsAt: soon(29), approved: false, epoch: 1, path: pathOf(C).join('/') },
    ...{
      reason: 'A reason',
      ticket: 'T-1',
      version: 4,
      minutes: 30,
      askedAt: soon(-1),
      tokenHash: hashOfToken(token),
    },
  };
  const grant = {
    ...{ state: 'GIVEN', roles: session.roles, mostMinutes: 60, approval: 'STANDING', endsAt: soon(900) },
    ...{ epoch: 1, version: 7, to: { id: P } },
  };
  const inside = (role: string, more: Partial<Candidate> = {}): Candidate => ({
    ...candidateOf({ home: P, target: C, held: [role], claimed: [role], permission: 'customers.read' }),
    presented: { token, session, grant, management: undefined },
    ...more,
  });
  const look = { permission: 'console.read', target: below } as const;
  const manage = { permission: 'console.manage', target: below } as const;

  it('both identities stand in what is done, with what it was for', () => {
    const {
      actor,
      session: open,
      roles: taken,
    } = authorize(inside('CATALOG_ADMINISTRATOR'), manage as never);
    expect(actor).toEqual({
      ...{ id: person, kind: 'person', home: P, onBehalfOf: C, session: token.sessionId },
      ...{ reason: 'A reason', ticket: 'T-1' },
    });
    expect(taken).toEqual(customerRoles.slice(0, 2));
    expect(open).toMatchObject({ id: token.sessionId, endsAt: session.endsAt });
    expect(open?.bound).toMatchObject([
      { do: 'check', version: 4 },
      { do: 'check', version: 7 },
    ]);
    const presented = { token, grant, management: undefined, session: { ...session, ticket: null } };
    expect(authorize(inside('CATALOG_ADMINISTRATOR', { presented }), look as never).actor).not.toHaveProperty(
      'ticket',
    );
  });

  it('nobody may more than they may outside, nor anything of a route that takes none, or names no customer', () => {
    expect(verdict(inside('MSP_OPERATOR'), look)).toBe('may as CUSTOMER_OPERATOR');
    expect(verdict(inside('MSP_OPERATOR'), manage)).toBe('request.forbidden');
    expect(verdict(inside('CATALOG_ADMINISTRATOR'), { ...look, undelegated: true })).toBe(
      'request.forbidden',
    );
    expect(verdict(inside('CATALOG_ADMINISTRATOR'), { permission: 'customers.read' })).toBe(
      'request.forbidden',
    );
    expect(verdict(inside('CATALOG_ADMINISTRATOR'), { permission: 'credits.debit', target: below })).toBe(
      'request.forbidden',
    );
  });

  it('all is over where it does not count', () => {
    const refused = (more: Partial<Candidate>) => verdict(inside('CATALOG_ADMINISTRATOR', more), look);
    const presented = { token, session, grant, management: undefined };
    expect(refused({ presented: { ...presented, session: { ...session, state: 'ENDED' } } })).toBe(
      'access.session_refused',
    );
    expect(refused({ target: node(C, { adminState: 'DISABLED' }) })).toBe('access.session_refused');
    expect(refused({ forest: { disabled: [R] } })).toBe('access.session_refused');
    expect(refused({ forest: { disabled: [D] } })).toMatch(/^may/);
    expect(refused({ target: undefined })).toBe('access.session_refused');
    expect(refused({ target: undefined, forest: { disabled: [R] } })).toBe('access.session_refused');
  });
});

describe('what is read of a token', () => {
  const claims = { tenant: P, person, roles: '[A B]', provider: P };
  const wrong = (more: object) => {
    try {
      readClaims({ ...claims, ...more });
    } catch (error) {
      return [(error as Problem).type.code, (error as Problem).detail];
    }
    return undefined;
  };
  it('is a tenant, a person, roles however the gateway writes them, and a provider if it is one', () => {
    expect(readClaims(claims)).toEqual({ tenant: P, person, roles: ['A', 'B'], provider: P });
    expect(readClaims({ ...claims, roles: 'A  B,C' }).roles).toEqual(['A', 'B', 'C']);
    expect(readClaims({ ...claims, roles: undefined }).roles).toEqual([]);
    for (const provider of [undefined, 7, C, `${P}1`])
      expect(readClaims({ ...claims, provider }).provider).toBeUndefined();
  });
  it('is refused without', () => {
    const nobody = ['request.unauthenticated', 'The token names no tenant and person'];
    for (const more of [{ tenant: undefined }, { tenant: 7 }, { person: undefined }, { person: 7 }])
      expect(wrong(more)).toEqual(nobody);
    for (const tenant of ['', P.slice(0, -1), `${P}1`, `x${P}`, `prv_${'a'.repeat(26)}`, P.replace('_', '-')])
      expect(wrong({ tenant })).toEqual(nobody);
    for (const one of [person.slice(0, -1), `${person}1`, ` ${person}`, C])
      expect(wrong({ person: one })).toEqual(['request.unauthenticated', 'The token names no person']);
    expect(() => readClaims(undefined)).toThrow();
  });
});

describe('a node', () => {
  it('is read from a profile, or from what the tree’s index has of it', () => {
    const stored = { id: C, type: 'CUSTOMER', path: pathOf(C).join('/'), name: 'C', version: 3 };
    expect(toNode(undefined)).toBeUndefined();
    expect(toNode(stored)).toEqual({ ...stored, path: pathOf(C), item: stored });
    const { path: _, ...indexed } = { ...stored, ...treeEntry(P, pathOf(C)) };
    expect(toNode(indexed)?.path).toEqual(pathOf(C));
  });
  it('knows its place', () => {
    expect([depthOf(node(platformId)), depthOf(node(P)), depthOf(node(C))]).toEqual([0, 1, 3]);
    expect(all.map((one) => isUnlinked(node(one)))).toEqual(all.map((one) => one === U));
    expect([
      platformOf(node(C)),
      providerOf(node(C)),
      providerOf(node(P)),
      providerOf(node(platformId)),
    ]).toEqual([...[platformId, P, P, platformId]]);
    for (const home of all)
      for (const target of all) expect(inScope(node(home), node(target))).toBe(isAbove(home, target));
  });
});
