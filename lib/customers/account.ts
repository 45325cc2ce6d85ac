import * as z from 'zod';
import { announce } from '../kit/event.ts';
import { platformId } from '../kit/id.ts';
import { join } from '../kit/membership.ts';
import type { Plan } from '../kit/plan.ts';
import { email, name } from '../kit/text.ts';
import { accountOpened } from './events.ts';
import { contact, contactNames, domains, locale } from './particulars.ts';
import { auditable, type Customer, customerName, toItem, unsaid } from './profile.ts';

/** A company that no partner looks after, with the first who signs in there. */
export const newAccount = z.strictObject({
  name: customerName,
  email: email.describe('Of the company'),
  domains: domains.optional().describe('That names of its users may end with; none where absent'),
  locale: locale.optional(),
  ...z.object({ ...contact, contactName: name(80) }).partial().shape,
  administrator: z.strictObject({ name: name(80), email: email.describe('Signs in from then on') }),
});

export const accountSummary = z.strictObject({ id: z.string(), name: z.string() });

/** Opens an account: a customer right below the platform, with its first administrator. */
export function openAccount(
  command: z.output<typeof newAccount>,
  made: { id: string; personId: string; now: string },
): Plan<Customer> {
  const { administrator, domains: asked = [], locale: spoken = null, ...said } = command;
  const details = Object.fromEntries(contactNames.map((one) => [one, said[one] ?? null]));
  const opened: Customer = {
    ...unsaid,
    ...(details as Record<(typeof contactNames)[number], string | null>),
    id: made.id,
    parentId: platformId,
    name: said.name,
    email: said.email,
    locale: spoken,
    reseller: false,
    domains: asked.map((one) => ({ ...one, shared: false })),
    createdAt: made.now,
  };
  return {
    writes: [
      { do: 'create', item: toItem(opened, { path: [platformId, made.id], version: 1 }) },
      ...join({
        nodeId: made.id,
        personId: made.personId,
        name: administrator.name,
        email: administrator.email,
        roles: ['CUSTOMER_ADMINISTRATOR'],
        version: 1,
        createdAt: made.now,
      }),
    ],
    receipt: {
      action: 'customers.add',
      subject: made.id,
      tenantId: made.id,
      after: { ...auditable(opened), administrators: [made.personId] },
    },
    announcements: [announce(accountOpened, made.id, { name: opened.name, administrators: [made.personId] })],
    reply: { body: opened, version: 1, location: `/v1/customers/${made.id}` },
  };
}
