import * as z from 'zod';
import { sameDomain, sameMailbox, sameName } from '../kit/mailbox.ts';
import { Problem } from '../kit/problem.ts';
import { email, name } from '../kit/text.ts';
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
  if (partner.addresses.some((one) => sameMailbox(one, who.email)))
    wrong('email', 'is the address of somebody at the partner');
  if (who.attested) return;
  if ([...partner.domains, ...partner.addresses].some((one) => sameDomain(one, who.email)))
    wrong('email', 'has a domain of the partner; send `attested` where it is the customer’s all the same');
}
