import type { Import } from './import.ts';

/** Dates as people read them; the clock that counts is UTC. */
export const dateOf = (at: string): string =>
  `${new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeStyle: 'short', timeZone: 'UTC' }).format(new Date(at))} UTC`;

type Terms = Pick<Import, 'managementType' | 'communications' | 'access'>;

const manages: Readonly<Record<string, (partner: string) => string>> = {
  PARTNER: (partner) =>
    `${partner} manages your console. Your own people cannot enter it while that holds; everything else stays open to them.`,
  CUSTOMER: (partner) => `You manage your console yourselves. ${partner} cannot enter it.`,
  BOTH: (partner) => `${partner} may work in your console, and so may your own people.`,
};

const notices: Readonly<Record<string, (partner: string) => string>> = {
  PARTNER_ONLY: (partner) =>
    `Notices about your licences and seats go to ${partner} alone. Mails about this link still go to you.`,
  CUSTOMER_ONLY: () => 'Notices about your licences and seats go to you alone.',
  BOTH: (partner) => `Notices about your licences and seats go to you and to ${partner}.`,
};

/** What a partner will see once a customer confirms. */
export const seen = (partner: string): string[] => [
  `${partner} sees your company’s name and contacts, your administrators, and your licences, seats, probes, requests and records of changes.`,
];

/** What a partner will do then, and may do in the console, in plain words. */
export function done(partner: string, { managementType, communications, access }: Terms): string[] {
  const { roles, mostMinutes, approval } = access;
  const may = roles.includes('CUSTOMER_ADMINISTRATOR')
    ? 'look at and change machines, groups, policies and installation packages'
    : 'look at machines, groups, policies and installation packages, and change nothing';
  const each =
    approval === 'EACH'
      ? 'Each visit needs the approval of one of your administrators.'
      : 'Visits need no further approval.';
  const visits =
    managementType === 'CUSTOMER'
      ? []
      : [
          `In your console its people may ${may}.`,
          `A visit lasts at most ${mostMinutes} minutes and says why it takes place. ${each}`,
          'You see every visit and what it changed, and can end any of them, or all of this, at once.',
        ];
  return [
    ...[manages, notices].map((words, index) =>
      (words[index === 0 ? managementType : communications] ?? String)(partner),
    ),
    ...visits,
    `${partner} may add and change licences of yours, and adds you to its list of customers.`,
  ];
}
