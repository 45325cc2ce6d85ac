import { type About, compose, type Message, oneLine } from './emails.ts';

const where = 'What is given and asked for, and who came in, stands under the customer’s access.';

export interface Asked {
  readonly organization: string;
  readonly personName: string;
  readonly terms: {
    readonly roles: readonly string[];
    readonly mostMinutes: number;
    readonly approval: 'STANDING' | 'EACH';
    readonly endsAt: string;
  } | null;
}

const roleNames: Readonly<Record<string, string>> = {
  CUSTOMER_ADMINISTRATOR: 'administrator',
  CUSTOMER_OPERATOR: 'operator, who only looks',
};
const approvals = {
  STANDING: 'its people come in without asking each time',
  EACH: 'your administrators approve each session before it begins',
} as const;

export function accessAsked(
  { organization, personName, terms }: Asked,
  { customerName, at }: About,
): Message {
  const { roles = [], mostMinutes = 0, approval = 'EACH', endsAt = '' } = terms ?? {};
  const wish = [
    `As: ${roles.map((one) => roleNames[one] ?? one).join('; ')}`,
    `Longest session: ${mostMinutes} minutes`,
    `Approval: ${approvals[approval]}`,
    `Until: ${endsAt}`,
  ].join('\n');
  return compose(
    `${customerName}: ${organization} asks for access to your console`,
    `${personName} of ${organization} asked at ${at} for access to the console of ${customerName}, or for more than it has.\n\n${wish}\n\nNothing of it counts before one of your administrators approves it; it is then given to ${organization} and its people alone, in place of what any other organization had. ${where}`,
  );
}

interface Changed {
  readonly change: 'GIVEN' | 'NARROWED' | 'REVOKED' | 'REFUSED' | 'HANDED_OVER' | 'MOVED';
  readonly by: 'CUSTOMER' | 'PARTNER';
  readonly organization: string | null;
}

const changes = {
  GIVEN: 'was given',
  NARROWED: 'was narrowed',
  REVOKED: 'was taken back; every session is over',
  REFUSED: 'was refused; what was given before stays',
  MOVED: 'has ended; every session is over, and whoever looks after the customer now has to ask anew',
  HANDED_OVER: 'is the partner’s own to decide, once it says that it manages the customer alone',
} as const;

export function accessChanged({ change, by, organization }: Changed, { customerName, at }: About): Message {
  const who =
    by === 'CUSTOMER'
      ? 'An administrator of the customer decided it'
      : change === 'MOVED'
        ? 'The customer was moved, and does not stand below that organization any more'
        : 'The partner said so, which manages it or wants less';
  const whose = organization === null ? 'The partner’s' : `${organization}’s`;
  return compose(
    `${customerName}: access to the console ${changes[change].split(';')[0]}`,
    `${whose} access to the console of ${customerName} ${changes[change]}.\n\n${who}, at ${at}. ${where}`,
  );
}

export function accessEnds(
  { withinDays, endsAt }: { readonly withinDays: number; readonly endsAt: string },
  { customerName }: About,
): Message {
  if (withinDays === 0)
    return compose(
      `${customerName}: the partner’s access to the console has ended`,
      `The partner’s access to the console of ${customerName} ended at ${endsAt}: no session can be opened. The partner may ask for it again.`,
    );
  return compose(
    `${customerName}: the partner’s access to the console ends within ${withinDays} days`,
    `The partner’s access to the console of ${customerName} ends at ${endsAt}.\n\nThe partner may ask for longer; the customer’s administrators decide.`,
  );
}

interface Who {
  readonly personName: string;
  readonly homeName: string;
  readonly reason: string;
  readonly ticket: string | null;
  readonly minutes: number;
}

export function entryWaits(
  { personName, homeName, reason, ticket, minutes }: Who,
  { customerName, at }: About,
): Message {
  const ticketed = ticket === null ? '' : `\n\nTicket: ${ticket}`;
  return compose(
    `${customerName}: ${personName} of ${homeName} asks to enter your console`,
    `${personName} of ${homeName} asked at ${at} to enter the console of ${customerName} for ${minutes} minutes.\n\nReason: ${reason}${ticketed}\n\nNobody is let in before one of your administrators approves it; after a day it lapses.`,
  );
}

const misuses = {
  ANOTHER_PERSON: 'by another person than the one it was given to',
  ANOTHER_CUSTOMER: 'for another customer than yours',
  WRONG_SECRET: 'with a wrong secret',
  ENDED: 'after the session had been ended, or refused',
  REVOKED: 'after the access had been taken back, or did not count any more',
  MOVED: 'after the customer had been moved to stand elsewhere, which ends its sessions',
} as const;

export function sessionMisused(
  {
    why,
    personName,
    homeName,
  }: Pick<Who, 'personName' | 'homeName'> & { readonly why: keyof typeof misuses },
  { customerName, at }: About,
): Message {
  return compose(
    `${customerName}: a session of your partner was used wrongly, and refused`,
    `The token of a session that ${personName} of ${homeName} had opened in the console of ${customerName} was used ${misuses[why]}, at ${at}. It was refused, and nothing was changed.\n\nA program that goes on after that looks the same. If it is told again, ask your partner, or take the access back. It is told at most once an hour for each session.`,
  );
}

const administrations = {
  ADDED: 'made somebody an administrator',
  REMOVED: 'took an administrator’s role or log-on',
  CHANGED: 'changed how an administrator signs in',
} as const;

/** Somebody from above changed who administers a customer; told to those before and after. */
export function administrationChanged(
  facts: {
    readonly change: keyof typeof administrations;
    readonly addresses: readonly string[];
    readonly homeName: string;
  },
  { customerName, at }: About,
): Message {
  const { change, addresses, homeName } = facts;
  const whose =
    addresses.length > 0 ? `\n\nIt concerns ${addresses.map((one) => oneLine(one)).join(' and ')}.` : '';
  return compose(
    `${customerName}: ${homeName} ${administrations[change]}`,
    `Somebody of ${homeName} ${administrations[change]} of ${customerName}, at ${at}.${whose}\n\nThose administrators enter your console, and decide whether others may. If you did not expect this, sign in, look at your administrators, and ask ${homeName}.`,
  );
}
