import { type About, compose, type Message } from './emails.ts';

export interface ManagedFacts {
  readonly partner: string;
  readonly managementType: 'PARTNER' | 'CUSTOMER' | 'BOTH';
  readonly communications: 'PARTNER_ONLY' | 'CUSTOMER_ONLY' | 'BOTH';
  readonly licences: readonly {
    readonly product: string;
    readonly kind: 'TRIAL' | 'MSP';
    readonly seats: number;
    readonly endsAt: string | null;
  }[];
}

const manages = {
  PARTNER: (partner: string) =>
    `${partner} manages your console: machines, groups, policies and installation packages. Your own people cannot enter it while that holds.`,
  CUSTOMER: (partner: string) => `You manage your console yourselves. ${partner} cannot enter it.`,
  BOTH: (partner: string) =>
    `You manage your console, and ${partner} may enter it once you have agreed to that there.`,
};

const notices = {
  PARTNER_ONLY: (partner: string) => `Notices about your licences and seats go to ${partner} alone.`,
  CUSTOMER_ONLY: () => 'Notices about your licences and seats go to you alone.',
  BOTH: (partner: string) => `Notices about your licences and seats go to you and to ${partner}.`,
};

const licence = ({ product, kind, seats, endsAt }: ManagedFacts['licences'][number], partner: string) =>
  kind === 'TRIAL'
    ? `- a trial of ${product} with ${seats} seats, which ends at ${endsAt}`
    : `- ${product} on the MSP licence of ${partner}, with ${seats} seats`;

/** What the first administrator of a customer is told when its partner adds it. */
export function addedByPartner(facts: ManagedFacts, { customerName }: About): Message {
  const { partner, managementType, communications, licences } = facts;
  const given = licences.map((one) => licence(one, partner)).join('\n');
  return compose(
    `${partner} added ${customerName} as a customer`,
    [
      `${partner} added ${customerName} as its customer and named you as its contact and first administrator. You sign in with this address.`,
      `What ${partner} sees: your company’s name and contacts, your administrators, and your licences, seats, probes, requests and records of changes.`,
      `What ${partner} does: it adds and changes licences of yours. ${manages[managementType](partner)} Whatever it does in your console is recorded in your name and in its own, with the person and the reason, and you see it.`,
      notices[communications](partner),
      ...(given ? [`You begin with:\n${given}`] : []),
      `If you do not know ${partner}, or do not work for ${customerName}, do nothing and tell the operator of this service.`,
    ].join('\n\n'),
  );
}
