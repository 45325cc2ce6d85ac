import { NotAllowedOnNonLeafError, ResultCodeError } from 'ldapts';

/** A failure that only a person ends. */
export class Lasting extends Error {}

// Result codes that come again however often one asks: rights, credentials, schema. Source: RFC 4511 appendix A.
const lasting = new Set([7, 8, 13, 16, 17, 18, 19, 21, 34, 48, 49, 50, 64, 65, 67, 69]);

/** True for failures that only a person ends: refused credentials or rights, a schema, an untrusted certificate. */
export function isLasting(error: unknown): boolean {
  if (error instanceof Lasting) return true;
  if (error instanceof ResultCodeError) return lasting.has(error.code);
  const { code = '' } = error as { code?: string };
  return /CERT|ISSUER|ALTNAME|ERR_TLS|LEAF_SIGNATURE/.test(String(code));
}

/** True where something else stands in a container that was to be removed. */
export const isOccupied = (error: unknown): boolean => error instanceof NotAllowedOnNonLeafError;
