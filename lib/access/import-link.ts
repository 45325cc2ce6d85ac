import * as z from 'zod';
import { digest, sameText } from '../kit/digest.ts';
import { importLinkKey, importRecipientKey } from '../kit/keys.ts';
import { emailHash } from '../kit/membership.ts';
import type { Item, Write } from '../kit/plan.ts';

export const tokenPattern = /^[\w-]{43}$/;
/** Only this is kept of a token. */
export const hashOfToken = (token: string): string => digest('import', token);

/** So many wrong addresses end a link. */
export const mostWrong = 5;

const place = {
  importId: z.string(),
  partnerId: z.string(),
  providerId: z.string(),
  customerId: z.string(),
  personId: z.string(),
};
const link = z.object(place);
/** Where a token leads. */
export type Link = z.infer<typeof link>;

const recipient = z.object({
  ...place,
  /** Of the token that counts. */
  hash: z.string(),
  round: z.number(),
  addressHash: z.string(),
  wrong: z.number(),
  wished: z.boolean(),
  /** The hour in which the customer was told last that somebody else tried. */
  noted: z.string().default(''),
  version: z.number(),
});
/** Whom an import was mailed to: only this person of this customer, with this address, answers it. */
export type Recipient = z.infer<typeof recipient>;

export const toLink = (item: Readonly<Record<string, unknown>>): Link => link.parse(item);
export const toRecipient = (item: Readonly<Record<string, unknown>>): Recipient => recipient.parse(item);

// Kept for a month after the link's own time at most: then nothing of it can be answered.
const keptSeconds = 44 * 24 * 3600;
const until = (now: string) => Math.floor(Date.parse(now) / 1000) + keptSeconds;

export const recipientItem = (one: Recipient, now: string): Item & { version: number } => ({
  ...importRecipientKey(one.importId),
  kind: 'importRecipient',
  ...one,
  expiresAt: until(now),
});

/** Makes a token's hash the one that counts; those before it lead nowhere. */
export function issue(
  to: Link & { readonly round: number; readonly email: string },
  before: Recipient | undefined,
  made: { readonly token: string; readonly now: string },
): Write[] {
  const { round, email, ...place } = to;
  const hash = hashOfToken(made.token);
  const version = (before?.version ?? 0) + 1;
  const same = before?.round === round;
  const next: Recipient = {
    ...place,
    ...{ hash, round, addressHash: emailHash(email), version },
    ...{ wrong: same ? before.wrong : 0, wished: before?.wished ?? false, noted: before?.noted ?? '' },
  };
  const item = recipientItem(next, made.now);
  return [
    {
      do: 'create',
      item: { ...importLinkKey(hash), kind: 'importLink', ...place, expiresAt: until(made.now) },
    },
    before ? { do: 'replace', item, version: before.version } : { do: 'create', item },
  ];
}

/** Compares in a time that says nothing of how much is right. */
export const isAddressOf = (typed: string, { addressHash }: Recipient): boolean =>
  sameText(emailHash(typed.trim()), addressHash);
