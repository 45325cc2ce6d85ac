import type { Entry } from 'ldapts';
import { expect } from 'vitest';
import type { Msp } from '../kit/world.ts';
import type { Domain } from './domain.ts';
import { objectsOf, rootOf } from './scene.ts';

const list = (value: unknown): string[] => [value ?? []].flat().map(String);

/** Servers spell escaped characters in one of two ways: `\\3B` or `\\;`. */
const spell = (dn: string): string =>
  dn.replace(/\\([0-9A-F]{2})/gi, (_, code: string) => `\\${String.fromCharCode(Number.parseInt(code, 16))}`);

/** 100 nanoseconds since 1601 as an instant; null for never. */
export function expiryOf({ accountExpires }: Entry): string | null {
  const ticks = BigInt(String(accountExpires));
  if (ticks === 0n || ticks === 9223372036854775807n) return null;
  return new Date(Number(ticks / 10_000n - 11_644_473_600_000n)).toISOString();
}

/** An entry as the API would report it. */
export function asReported(entry: Entry) {
  const classes = list(entry.objectClass);
  const type = classes.includes('user') ? 'USER' : classes.includes('group') ? 'GROUP' : 'CONTAINER';
  const user = type === 'USER';
  return {
    type,
    dn: spell(entry.dn),
    name: String(entry.sAMAccountName ?? entry.ou),
    description: user ? null : String(entry.description),
    displayName: user ? String(entry.displayName) : null,
    userPrincipalName: user ? String(entry.userPrincipalName) : null,
    enabled: user ? (Number(entry.userAccountControl) & 2) === 0 : null,
    expiresAt: user ? expiryOf(entry) : null,
    memberOf: list(entry.memberOf).map(spell).sort(),
  };
}

export const byDn = <T extends { dn?: unknown }>(all: T[]) =>
  all.sort((a, b) => (String(a.dn) < String(b.dn) ? -1 : 1));

/** Everything that the API reports for some nodes equals everything that is ours in the directory, object by object. */
export async function compareAll(
  { msp, domain }: { msp: Msp; domain: Domain },
  nodes: readonly { readonly id: string }[],
): Promise<number> {
  const reported = (await Promise.all(nodes.map(({ id }) => objectsOf(msp, id)))).flat();
  const root = rootOf(msp);
  const entries = (await domain.read(`OU=${root.code},${domain.samba.baseDn}`)).map(asReported);
  const found = entries.filter(({ name }) => name !== root.code);
  const shown = reported.map(({ directory, serviceCode, ...rest }) => {
    expect(directory).toBe('LDAP');
    return rest;
  });
  expect(byDn(shown as { dn: string }[])).toEqual(byDn(found));
  return found.length;
}
