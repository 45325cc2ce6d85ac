import * as z from 'zod';
import { sameDomain, sameMailbox, sameName } from '../kit/mailbox.ts';
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
      'You attest that the contact is the customer’s own, though people of yours have addresses of the same domain, such as a public one; recorded in the audit',
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

/** The partner as far as contacts are compared with it: names, addresses and domains of every node above. */
interface Above {
  readonly names: readonly string[];
  readonly addresses: readonly string[];
  readonly domains: readonly string[];
}

/** Refuses the partner's name, its people whatever is attested, and its domains unless it is attested. */
export function mustBeAtCustomer(
  { company, contact }: { company: { readonly name: string }; contact: Contact },
  partner: Above,
): void {
  const wrong = (pointer: string, message: string): never => {
    throw new Problem(contactIsPartner, undefined, { errors: [{ pointer, message }] });
  };
  if (partner.names.some((one) => sameName(one, company.name)))
    wrong('#/company/name', 'is the partner’s name');
  if (partner.addresses.some((one) => sameMailbox(one, contact.email)))
    wrong('#/contact/email', 'is the address of somebody at the partner');
  if (contact.attested) return;
  if ([...partner.domains, ...partner.addresses].some((one) => sameDomain(one, contact.email)))
    wrong(
      '#/contact/email',
      'has a domain of the partner; send `attested` where it is the customer’s all the same',
    );
}

/** At creation there are trials and the partner's MSP licence, nothing that is the customer's to buy. */
export function mustBeGivenAtOnce({ source }: Products[number]): void {
  if (source !== 'TRIAL' && source !== 'MSP') refuse(trialsOnly);
}
