import { digest, sameText } from '../kit/digest.ts';
import { idPattern } from '../kit/id.ts';
import type { Pulse } from './pulse.ts';

/** How long an enrolment key may be redeemed. */
export const enrolmentHours = 24;
/** Refused enrolments after which a key is void. */
export const mostRefusals = 5;

/** An enrolment key: says where it belongs; `secret` (32 random bytes, base64url) makes it right. */
export const enrolmentKey = (customerId: string, probeId: string, secret: string): string =>
  `qek.${customerId}.${probeId}.${secret}`;

/** Where an enrolment key says that it belongs; undefined where it is no such key at all. */
export function readEnrolmentKey(key: string): { customerId: string; probeId: string } | undefined {
  const [word, customerId = '', probeId = '', secret = '', ...more] = key.split('.');
  const shaped =
    word === 'qek' &&
    more.length === 0 &&
    idPattern('customer').test(customerId) &&
    idPattern('probe').test(probeId) &&
    /^[\w-]{43}$/.test(secret);
  return shaped ? { customerId, probeId } : undefined;
}

/** What is kept of an enrolment key. */
export const enrolmentHash = (key: string): string => digest('enrolment', key);

export const enrolmentUntil = (now: string): string =>
  new Date(Date.parse(now) + enrolmentHours * 3_600_000).toISOString();

/** True where a key of this hash may be redeemed now. */
export function mayRedeem(
  { enrolment = '', enrolmentUntil: until = '', state }: Pulse,
  hash: string,
  now: string,
): boolean {
  return sameText(enrolment, hash) && until > now && state !== 'RETIRED';
}
