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

/** Who stands above a partner, and how much of what it gets they get as well; nothing where nobody does. */
export function alsoAbove(
  partner: string,
  above: readonly string[],
  { managementType }: Pick<Terms, 'managementType'>,
): string[] {
  if (above.length === 0) return [];
  const many = above.length > 1;
  const names = new Intl.ListFormat('en-GB', { type: 'conjunction' }).format(above);
  const console = {
    PARTNER: `They may also manage your console as ${partner} does.`,
    CUSTOMER: '',
    BOTH: `What you allow in your console you allow ${partner} alone: they have to ask you themselves.`,
  }[managementType as 'PARTNER' | 'CUSTOMER' | 'BOTH'];
  return [
    `You answer ${partner} and ${names}, which ${many ? 'stand' : 'stands'} above it: whatever ${partner} will see and may do outside of your console, people of ${names} will see and may do as well. ${console}`.trim(),
  ];
}

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
    `${partner} adds you to its list of customers. Without asking you again it may add, change and end licences that it provides; add, change and remove your users, but not those who administer your account; give and take services and credits, and answer your people’s requests; add and remove probes; and change your company’s name and details.`,
    `It may also take your account out of service and disable it, which shuts your people out until it enables it again.`,
    `It may remove you as a customer, by a plan that you get a report of: your account, people and data then go on without it. It cannot delete your account.`,
  ];
}
