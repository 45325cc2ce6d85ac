import * as z from 'zod';
import { idPattern, type Kind } from './id.ts';

// Controls, formats (bidirectional, zero width, byte order mark), line and paragraph separators.
const hostile = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;
const hostileExceptNewline = /(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;

function clean(pattern: RegExp) {
  return (value: string) => value.isWellFormed() && !pattern.test(value);
}

/** One line of text, normalized to NFC and trimmed: no control, bidirectional or invisible characters. */
export function line(max: number, min = 1) {
  return z
    .string()
    .meta({ minLength: min, maxLength: max })
    .refine(clean(hostile), 'must be one line without control, bidirectional or invisible characters')
    .transform((value) => value.normalize('NFC').trim())
    .pipe(z.string().min(min).max(max));
}

/** Several lines of text: as `line`, but line feeds are allowed. */
export function paragraph(max: number, min = 1) {
  return z
    .string()
    .meta({ minLength: min, maxLength: max })
    .refine(clean(hostileExceptNewline), 'must not contain control, bidirectional or invisible characters')
    .transform((value) => value.normalize('NFC').trim())
    .pipe(z.string().min(min).max(max));
}

const schemes = /:\/\/|\b(?:https?|ftps?|mailto|javascript|data|file|tel|sms):/;
const label = '[\\p{L}\\p{N}][\\p{L}\\p{M}\\p{N}-]*';
const host = `(?:${label}\\.)+\\p{L}{2,}`;
const written = new RegExp(`(?:^|[^\\p{L}\\p{N}])www\\.|@${host}|${host}(?::\\d+)?[/?#]`, 'u');
const bareHost = new RegExp(host, 'u');

// More than any text here may hold, and little enough for patterns whose time grows with the square of it.
const mostRead = 1000;

// As browsers read it: wide letters are letters, and the ideographic full stop is a dot.
const asRead = (value: string): string =>
  value.slice(0, mostRead).normalize('NFKC').toLowerCase().replaceAll('\u3002', '.');

/** True for a text with something that a mail program makes a link of: an address of the web or of a mailbox. */
export function carriesLink(value: string): boolean {
  const read = asRead(value);
  return schemes.test(read) || written.test(read);
}

/** A name shown in mails: a line that cannot carry a link. A company may be called as its domain. */
export function name(max = 80) {
  return line(max).refine((value) => !carriesLink(value), 'must not contain a web or mail address');
}

/** Somebody’s words in our mails and pages: not even the name of a domain. */
export function message(max: number) {
  return paragraph(max).refine(
    (value) => !carriesLink(value) && !bareHost.test(asRead(value)),
    'must not contain a web or mail address, nor a domain: leave a space after a full stop',
  );
}

const addressPattern =
  /^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,63}$/;

/** Exactly one e-mail address (local part kept as given, domain in lower case), at most 254 characters. */
export const email = z
  .string()
  .max(254)
  .regex(addressPattern, 'must be exactly one e-mail address')
  .refine((value) => !value.includes('..') && !/(^\.|\.@)/.test(value), 'must be exactly one e-mail address')
  .transform((value) => {
    const at = value.lastIndexOf('@');
    return value.slice(0, at) + value.slice(at).toLowerCase();
  });

/** The form of an address under which two spellings are the same person: all lower case. */
export function canonicalEmail(address: string): string {
  return address.toLowerCase();
}

/** A DNS name in lower case. */
export const domain = z
  .string()
  .max(253)
  .transform((value) => value.toLowerCase())
  .pipe(
    z.string().regex(/^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/, 'must be a domain name'),
  );

/** An id of one kind. */
export function id(kind: Kind) {
  return z.string().regex(idPattern(kind), `must be a ${kind} id`);
}

/** An instant: ISO 8601 in UTC with milliseconds optional. */
export const instant = z.iso.datetime().transform((value) => new Date(value).toISOString());

/** A whole number from `min` to `max`, both inclusive; never beyond 2^53−1. */
export function whole(min: number, max: number) {
  return z.int().min(min).max(max);
}

/**
 * The form under which names sort and collide: NFKC, lower case, single spaces. Cut to 240 code points, which only
 * names that swell when folded reach (one character can become eighteen): a sort key has at most 1,024 bytes.
 */
export function foldName(value: string): string {
  const folded = value.normalize('NFKC').toLowerCase().replace(/\s+/g, ' ').trim();
  return folded.length <= 240 ? folded : Array.from(folded).slice(0, 240).join('').trim();
}
