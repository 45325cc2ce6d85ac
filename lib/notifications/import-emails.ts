import { type About, compose, type Message, oneLine } from './emails.ts';

/** Where the link stands in the mail; what is kept of the mail says this. */
const place = '(The link stood in the mail alone.)';

export interface AskedFacts {
  readonly partnerName: string;
  readonly endsAt: string;
  /** What the partner will see and do, in plain words. */
  readonly terms: readonly string[];
  readonly transfer: boolean;
  /** Who stands above the partner, in plain words. */
  readonly above: readonly string[];
}

/** A partner asks to look after an account; who looks after it already may read what is kept, so that says no terms. */
export function importAsked({ partnerName, endsAt, terms, transfer, above }: AskedFacts): Message {
  const what = transfer
    ? `${partnerName} asks to look after your account in place of your present partner. Your present partner must remove you first; the page behind the link says how.`
    : `${partnerName} asks to look after your account. If you confirm:\n\n${terms.map((one) => `- ${one}`).join('\n')}`;
  return compose(
    `${partnerName} asks to look after your account`,
    `${[what, ...above].join('\n\n')}\n\nRead what it comes to, and confirm or decline, until ${endsAt}:\n\n${place}\n\nOpening the link changes nothing. Its page asks for the address that this mail went to. Do not pass this mail on. If you do not know who asks, decline or do nothing.`,
  );
}

export const withLink = (kept: Message, url: string): Message => ({
  ...kept,
  text: kept.text.replace(place, () => url),
});

export function importConfirmed(
  partnerName: string,
  above: readonly string[],
  { customerName, at }: About,
): Message {
  return compose(
    `${customerName}: ${partnerName} looks after your account now`,
    `An administrator of ${customerName} confirmed at ${at} that ${partnerName} looks after the account.${above.length > 0 ? ` Above it ${above.length > 1 ? 'stand' : 'stands'} ${above.join(', ')}, which ${above.length > 1 ? 'see' : 'sees'} and may do the same outside of your console.` : ''}\n\nYou see who enters your console, when and why, under its access, and can end that at any time.`,
  );
}

const tried = {
  WRONG_ADDRESS: 'typed an address that is not the one the mail went to',
  ANOTHER_ACCOUNT: 'was signed in as somebody else than the one the mail went to',
} as const;

export function importTried(
  { how }: { readonly how: keyof typeof tried },
  { customerName, at }: About,
): Message {
  return compose(
    `${customerName}: somebody else tried a link that was mailed to you`,
    `A partner asked to look after the account of ${customerName}. Whoever used the link of that mail at ${at} ${tried[how]}. Nothing was changed; after five such tries the link ends.\n\nIf it was none of you, the mail was passed on or read by others: decline, or ask the partner to send it again.`,
  );
}

export function importLinkVoid({ tries }: { readonly tries: number }, { customerName, at }: About): Message {
  return compose(
    `${customerName}: somebody tried to answer in your place`,
    `A partner asked to look after the account of ${customerName}. Somebody else than the one whom it went to tried the link of that mail ${tries} times, the last at ${at}. The link has ended, and nothing was changed.\n\nIf it was none of you, the mail was passed on or read by others.`,
  );
}

export interface AnsweredFacts {
  readonly state: 'CONFIRMED' | 'DECLINED' | 'EXPIRED';
  readonly email: string;
  readonly reason: string | null;
}

const answers = {
  CONFIRMED: 'was confirmed. The customer stands on your list now.',
  DECLINED: 'was declined. Nothing was changed.',
  EXPIRED: 'has ended. Nothing was changed.',
} as const;
const outcomes = { CONFIRMED: 'confirmed', DECLINED: 'declined', EXPIRED: 'ended' } as const;

export function importAnswered({ state, email, reason }: AnsweredFacts): Message {
  return compose(
    `Import of ${oneLine(email)} ${outcomes[state]}`,
    `What you asked of ${email}, to look after its account, ${answers[state]}${reason ? `\n\nReason: ${reason}` : ''}`,
  );
}

export function leaveWished(
  { askingName }: { readonly askingName: string },
  { customerName, at }: Pick<About, 'customerName' | 'at'>,
): Message {
  return compose(
    `${customerName} wishes to go to another partner`,
    `An administrator of ${customerName} said at ${at} that it wishes to go to ${askingName}.\n\nNothing changes unless you remove the customer: a removal plan shows what that comes to. Only then can it confirm the other partner.`,
  );
}
