import * as z from 'zod';
import { platformId } from './id.ts';
import { endUserKey, identityKey, type Key } from './keys.ts';
import type { Item, Write } from './plan.ts';

/**
 * A person of a customer who may use its catalogue: no role needed. The row stands and falls with the person of the
 * directory or the user that it was made from.
 */
export interface EndUser {
  readonly customerId: string;
  readonly id: string;
  readonly source: 'DIRECTORY' | 'USER';
  readonly companyId?: string | undefined;
  /** Numbers of the marketplaces whose people include this person; those for everyone are not among them. */
  readonly markets: readonly number[];
  /** Hash of the address that signs in here; absent where it signs in elsewhere. */
  readonly signIn?: string | undefined;
  /** From then on the row counts no more. */
  readonly endsAt?: string | undefined;
  readonly version: number;
}

/** Where an address signs in as an end user: beside what it signs in to as a member, which comes first. */
export const endIdentityKey = (emailHash: string): Key => identityKey(platformId, `${emailHash}#END`);

const stored = z.object({
  id: z.string(),
  source: z.enum(['DIRECTORY', 'USER']),
  companyId: z.string().optional(),
  markets: z.array(z.number()),
  signIn: z.string().optional(),
  endsAt: z.string().optional(),
  version: z.number(),
});

/** A stored row of a customer's end user. */
export function toEndUser(item: Readonly<Record<string, unknown>>, customerId: string): EndUser {
  return { customerId, ...stored.parse(item) };
}

/** An end user as stored. */
export function endUserItem(row: EndUser): Item & { version: number } {
  const { customerId, ...rest } = row;
  return { ...endUserKey(customerId, row.id), kind: 'endUser', state: 'ACTIVE', ...rest };
}

/** Takes an end user's row and sign-in, or binds to their absence: out at the next request, whoever enrols meanwhile. */
export function expel(at: { customerId: string; personId: string }, row: EndUser | undefined): Write[] {
  const key = endUserKey(at.customerId, at.personId);
  if (!row) return [{ do: 'check', key, version: null }];
  return [{ do: 'remove', key, version: row.version }, ...freed(row)];
}

/** Frees the address of somebody whose address changes: the new one signs in once it is enrolled. */
export function releaseAddress(
  at: { customerId: string; personId: string },
  row: EndUser | undefined,
): Write[] {
  if (!row) return [{ do: 'check', key: endUserKey(at.customerId, at.personId), version: null }];
  if (row.signIn === undefined) return [];
  const version = row.version + 1;
  return [
    { do: 'replace', version: row.version, item: endUserItem({ ...row, signIn: undefined, version }) },
    ...freed(row),
  ];
}

/** Frees the address of an end user while it is theirs. */
export const freed = ({ customerId, id, signIn }: Pick<EndUser, 'customerId' | 'id' | 'signIn'>): Write[] =>
  signIn === undefined
    ? []
    : [{ do: 'remove', key: endIdentityKey(signIn), where: { tenantId: customerId, personId: id } }];

/** True where the identity is this end user's: an address signs in for one person at one customer. */
export const isTheirs = (
  identity: Readonly<Record<string, unknown>> | undefined,
  { customerId, id }: Pick<EndUser, 'customerId' | 'id'>,
): boolean => identity?.tenantId === customerId && identity.personId === id;

/**
 * The row as it may be written after a lost race: without an address that has become another's meanwhile or nobody's,
 * which is left as it is.
 */
export async function withOwnAddress(
  row: EndUser | undefined,
  read: (key: Key) => Promise<Readonly<Record<string, unknown>> | undefined>,
): Promise<EndUser | undefined> {
  if (row?.signIn === undefined) return row;
  return isTheirs(await read(endIdentityKey(row.signIn)), row) ? row : { ...row, signIn: undefined };
}
