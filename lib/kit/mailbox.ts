import { lookOfDomain, lookOfName } from './look-alike.ts';
import { canonicalEmail, foldName } from './text.ts';

/** The domain of an address, or the domain that is given. */
function hostOf(address: string): string {
  const host = canonicalEmail(address.slice(address.lastIndexOf('@') + 1));
  return host === 'googlemail.com' ? gmail : host;
}
const gmail = 'gmail.com';

/** One mailbox, however it is spelled: in lower case without what follows a plus sign, at Gmail without dots. */
export function mailboxOf(address: string): string {
  const local = canonicalEmail(address.slice(0, address.lastIndexOf('@'))).replace(/\+.*/, '');
  const host = hostOf(address);
  return `${host === gmail ? local.replaceAll('.', '') : local}@${host}`;
}

/** The same mailbox, or one that is read as it. */
export function sameMailbox(one: string, other: string): boolean {
  const look = (address: string) => {
    const mailbox = mailboxOf(address);
    return `${mailbox.slice(0, mailbox.lastIndexOf('@'))}@${lookOfDomain(hostOf(mailbox))}`;
  };
  return look(one) === look(other);
}

/** The same name, or one that is read as it; of signs alone nothing is read. */
export const sameName = (one: string, other: string): boolean =>
  foldName(one) === foldName(other) || (lookOfName(one) !== '' && lookOfName(one) === lookOfName(other));

const within = (one: string, other: string): boolean => one === other || one.endsWith(`.${other}`);

/** Whether two addresses or domains are of one domain, or one of them below the other's, as they are read. */
export function sameDomain(one: string, other: string): boolean {
  const [first, second] = [lookOfDomain(hostOf(one)), lookOfDomain(hostOf(other))] as const;
  return within(first, second) || within(second, first);
}

/** Who the partner is, as far as people of a customer are compared with it. */
export interface PartnerReach {
  /** Of its people. */
  readonly addresses: readonly string[];
  /** That it has registered as its own. */
  readonly domains: readonly string[];
}

/**
 * Why an address is the partner's, undefined where it is not: one of its people, a domain that it has registered, or
 * one that is read so. A domain that its people merely have addresses of, such as a public one, can be attested away.
 */
export function whyPartners(address: string, partner: PartnerReach, attested: boolean): string | undefined {
  if (partner.addresses.some((one) => sameMailbox(one, address)))
    return 'is the address of somebody at the partner';
  if (partner.domains.some((one) => sameDomain(one, address))) return 'has a domain of the partner';
  if (!attested && partner.addresses.some((one) => sameDomain(one, address)))
    return 'has a domain of people of the partner; send `attested` where it is the customer’s all the same';
  return undefined;
}
