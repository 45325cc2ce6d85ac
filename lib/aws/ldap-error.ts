import { NotAllowedOnNonLeafError, ResultCodeError } from 'ldapts';

/** A failure that only a person ends. Its words are shown to whoever may read the request: nothing foreign is among them. */
export class Lasting extends Error {}

/** A failure of ours that may end by itself, with words that may be shown. */
export class Passing extends Error {}

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

/** What a log may say of a failure: our own words, a directory's result, a known code; of anything else no more than its name. */
export function describeFailure(error: unknown): string {
  const { name, message, code } = error as { name?: string; message?: string; code?: unknown };
  if (error instanceof Lasting || error instanceof Passing || error instanceof ResultCodeError) {
    return `${name}: ${message}`.replace(/\s+/g, ' ');
  }
  const known = typeof code === 'string' && /^[A-Z0-9_]{3,60}$/.test(code) ? code : undefined;
  if (known === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    return `The directory's name does not match certificate (${known})`;
  }
  if (known && isLasting(error)) return `The directory's certificate is not trusted (${known})`;
  if (known && network.has(known)) return `The directory cannot be reached (${known})`;
  return `unexpected ${/^[A-Za-z]{1,60}$/.test(name ?? '') ? name : 'Error'}`;
}

const network = new Set(
  'ECONNREFUSED ECONNRESET ECONNABORTED ETIMEDOUT ENOTFOUND EAI_AGAIN EHOSTUNREACH ENETUNREACH EPIPE'.split(
    ' ',
  ),
);
