import { digest } from '../kit/digest.ts';

const longest = 20;

export const usersGroup = (code: string): string => `${code} Users`;
export const administratorsGroup = (code: string): string => `${code} Administrators`;
export const serviceGroup = (code: string, service: string): string => `${code} ${service} Users`;

/** Groups are named of codes and words: nothing in them needs escaping. */
export const rdnOfGroup = (name: string): string => `CN=${name}`;

/**
 * The log-on name `username_CODE`, at most 20 characters of what Active Directory allows. Where the name had to be
 * cut or changed, four characters of the user's id keep two such names apart.
 */
export function accountName(userName: string, code: string, userId: string): string {
  const allowed = userName
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/[^A-Za-z0-9._-]/g, '');
  const room = longest - code.length - 1;
  if (allowed === userName && allowed.length <= room) return `${allowed}_${code}`;
  const apart = digest('account', userId)
    .replace(/[^A-Za-z0-9]/g, '')
    .slice(0, 4)
    .toLowerCase();
  return `${allowed.slice(0, room - 5)}-${apart}_${code}`;
}

/** The provider's own container: by its id, because a provider has no code. */
export const providerCode = (providerId: string): string => `MSP-${providerId.slice(-10)}`;
