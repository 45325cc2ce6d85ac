import * as z from 'zod';
import { Problem } from '../kit/problem.ts';
import { canonicalEmail, email, foldName, name } from '../kit/text.ts';
import { lookOfDomain, lookOfName } from './look-alike.ts';
import { purchaserIsPartner } from './problems.ts';

/** Who buys: the customer's own company and contact. */
export const purchaser = z.strictObject({
  company: name(80).describe('The customer’s, never the partner’s'),
  email: email.describe('Of somebody at the customer, never at the partner'),
  attested: z
    .boolean()
    .default(false)
    .describe(
      'You attest that the contact is the customer’s own, though people of yours have addresses of the same domain, such as a public one; recorded in the audit',
    ),
});
export type Purchaser = z.output<typeof purchaser>;

/** The nodes above a customer, as far as they say who the partner is. */
export interface Partner {
  /** Names of the provider and of the resellers above. */
  readonly names: readonly string[];
  /** Addresses of their people. */
  readonly addresses: readonly string[];
  /** Domains that they hold themselves, besides those of these addresses. */
  readonly domains: readonly string[];
}

/** One mailbox, however it is spelled: without what follows a plus sign, in lower case. */
const mailboxOf = (address: string): string => canonicalEmail(address).replace(/\+[^@]*@/, '@');
const hostOf = (address: string): string => canonicalEmail(address.slice(address.lastIndexOf('@') + 1));

/** The same name, or one that is read as it; of signs alone nothing is read. */
const sameName = (one: string, other: string): boolean =>
  foldName(one) === foldName(other) || (lookOfName(one) !== '' && lookOfName(one) === lookOfName(other));

const within = (one: string, other: string): boolean => one === other || one.endsWith(`.${other}`);

/**
 * Refuses the partner as purchaser: its name, its people, and unless attested its domains with those below them,
 * or what is read as one of them.
 */
export function mustBeCustomers(who: Purchaser, partner: Partner, pointer: string): void {
  const wrong = (field: string, message: string): never => {
    throw new Problem(purchaserIsPartner, undefined, {
      errors: [{ pointer: `${pointer}/${field}`, message }],
    });
  };
  if (partner.names.some((one) => sameName(one, who.company))) wrong('company', 'is the partner’s name');
  const mailbox = mailboxOf(who.email);
  if (partner.addresses.some((one) => mailboxOf(one) === mailbox))
    wrong('email', 'is the address of somebody at the partner');
  if (who.attested) return;
  const domain = lookOfDomain(hostOf(mailbox));
  const theirs = [...partner.domains.map(canonicalEmail), ...partner.addresses.map(hostOf)].map(lookOfDomain);
  if (theirs.some((one) => within(domain, one) || within(one, domain)))
    wrong('email', 'has a domain of the partner; send `attested` where it is the customer’s all the same');
}
