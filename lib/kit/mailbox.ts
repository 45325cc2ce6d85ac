import { lookOfDomain, lookOfName } from './look-alike.ts';
import { canonicalEmail, foldName } from './text.ts';

/** One mailbox, however it is spelled: without what follows a plus sign, in lower case. */
export const mailboxOf = (address: string): string => canonicalEmail(address).replace(/\+[^@]*@/, '@');

/** The domain of an address, or the domain that is given. */
const hostOf = (address: string): string => canonicalEmail(address.slice(address.lastIndexOf('@') + 1));

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
