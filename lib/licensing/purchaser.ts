import * as z from 'zod';
import { type PartnerReach, sameName, whyPartners } from '../kit/mailbox.ts';
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
      'You attest that the contact is the customer’s own, though people of yours have addresses of the same domain, such as a public one; never for a domain that is registered as yours; recorded in the audit',
    ),
});
export type Purchaser = z.output<typeof purchaser>;

/** The nodes above a customer, as far as they say who the partner is. */
export interface Partner extends PartnerReach {
  /** Names of the provider and of the resellers above. */
  readonly names: readonly string[];
}

/**
 * Refuses the partner as purchaser: its name, its people, its registered domains with those below and above them, and
 * unless attested the domains of its people, or what is read as one of them.
 */
export function mustBeCustomers(who: Purchaser, partner: Partner, pointer: string): void {
  const wrong = (field: string, message: string): never => {
    throw new Problem(purchaserIsPartner, undefined, {
      errors: [{ pointer: `${pointer}/${field}`, message }],
    });
  };
  if (partner.names.some((one) => sameName(one, who.company))) wrong('company', 'is the partner’s name');
  const why = whyPartners(who.email, partner, who.attested);
  if (why !== undefined) wrong('email', why);
}
