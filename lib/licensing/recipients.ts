import * as z from 'zod';
import { canonicalEmail, email, line } from '../kit/text.ts';

const split = (text: string): string[] => text.split(',').filter((part) => part.trim() !== '');

function distinct(addresses: readonly string[]): string[] {
  const first = (address: string) =>
    addresses.findIndex((one) => canonicalEmail(one) === canonicalEmail(address));
  return addresses.filter((address, at) => first(address) === at);
}

const addresses = z
  .array(line(254).describe('Exactly one e-mail address').pipe(email))
  .max(100)
  .transform(distinct)
  .pipe(z.array(z.string()).min(1).max(20));

/** Who is mailed: a list, or one text with commas between; 1 to 20 different addresses. */
export const recipients = z
  .union([line(6000).transform(split), z.array(z.string().max(254)).max(100)], {
    error: 'must be a list of e-mail addresses, or one text with commas between them',
  })
  .pipe(addresses);
