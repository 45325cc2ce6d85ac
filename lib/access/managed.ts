import * as z from 'zod';
import { type PartnerReach, sameDomain, sameMailbox, sameName, whyPartners } from '../kit/mailbox.ts';
import { refuse } from '../kit/plan.ts';
import { Problem } from '../kit/problem.ts';
import { email, id, name, whole } from '../kit/text.ts';
import { contactIsPartner, trialsOnly } from './managed-problems.ts';

/** Who at the customer is asked, told, and first to administer it. */
export const contact = z.strictObject({
  name: name(80),
  email: email.describe('Of somebody at the customer, never at the partner; signs in from then on'),
  attested: z
    .boolean()
    .default(false)
    .describe(
      'You attest that the contact is the customer’s own, though people of yours have addresses of the same domain, such as a public one; never for a domain that is registered as yours; recorded in the audit',
    ),
});
export type Contact = z.output<typeof contact>;

const product = z
  .strictObject({
    source: z
      .enum(['TRIAL', 'MSP', 'PURCHASE', 'LICENCE_KEY'])
      .describe('Trials, or your MSP licence; what is bought or applied comes once the customer is there'),
    productId: id('product'),
    seats: whole(1, 1_000_000_000).optional().describe('Of your MSP licence; a trial has the product’s'),
  })
  .refine(({ source, seats }) => source !== 'MSP' || seats !== undefined, {
    path: ['seats'],
    message: 'are needed with MSP',
  })
  .refine(({ source, seats }) => source === 'MSP' || seats === undefined, {
    path: ['seats'],
    message: 'only of an MSP licence',
  });

/** What a customer is given at once: each product once. */
export const products = z
  .array(product)
  .max(10)
  .refine((list) => new Set(list.map((one) => one.productId)).size === list.length, 'names a product twice');
export type Products = z.output<typeof products>;

/** The partner as far as customers are compared with it: every node above. */
interface Above extends PartnerReach {
  readonly names: readonly string[];
}

interface Newcomer {
  readonly company: { readonly name: string; readonly email: string; readonly domain?: string | undefined };
  /** As it will hold them: one that is shared with the node above is said to be so. */
  readonly domains: readonly { readonly name: string; readonly shared: boolean }[];
  readonly contact: Contact;
}

/** Refuses the partner in a customer's place: its name, its domains, its people; what may be attested is the contact's domain. */
export function mustBeAtCustomer({ company, domains, contact }: Newcomer, partner: Above): void {
  const wrong = (pointer: string, message: string): never => {
    throw new Problem(contactIsPartner, undefined, { errors: [{ pointer, message }] });
  };
  if (partner.names.some((one) => sameName(one, company.name)))
    wrong('#/company/name', 'is the partner’s name');
  if (partner.addresses.some((one) => sameMailbox(one, company.email)))
    wrong('#/company/email', 'is the address of somebody at the partner');
  const theirs = domains.findIndex(
    ({ name, shared }) => !shared && partner.domains.some((one) => sameDomain(one, name)),
  );
  if (theirs >= 0)
    wrong(
      company.domain === undefined ? `#/company/domains/${theirs}/name` : '#/company/domain',
      'is a domain of the partner, or of one line with it',
    );
  const why = whyPartners(contact.email, partner, contact.attested);
  if (why !== undefined) wrong('#/contact/email', why);
}

/** At creation there are trials and the partner's MSP licence, nothing that is the customer's to buy. */
export function mustBeGivenAtOnce({ source }: Products[number]): void {
  if (source !== 'TRIAL' && source !== 'MSP') refuse(trialsOnly);
}
