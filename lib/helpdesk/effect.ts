import * as z from 'zod';

/** What follows from a change, told before it is made and recorded with it. */
export const effect = z.strictObject({ code: z.string(), description: z.string() });
export type Effect = z.infer<typeof effect>;

export const effectsOfEnabling: readonly Effect[] = [
  { code: 'CUSTOMERS_AVAILABLE', description: 'Customers can be added from the company directory.' },
  { code: 'CREDIT_SYSTEM_AVAILABLE', description: 'The credit system can be switched on.' },
  { code: 'EXTERNAL_USERS_REFUSED', description: 'External users can no longer be created.' },
  {
    code: 'COLLABORATOR_GROUPS_REFUSED',
    description: 'People groups that end users add as collaborators can no longer be created.',
  },
  {
    code: 'ONE_WAY_WITH_CUSTOMERS',
    description: 'MSP mode can be switched off again only while no customer exists.',
  },
];

export const effectsOfDisabling: readonly Effect[] = [
  { code: 'CUSTOMERS_UNAVAILABLE', description: 'Customers can no longer be added.' },
  { code: 'EXTERNAL_USERS_ALLOWED', description: 'External users can be created again.' },
  { code: 'COLLABORATOR_GROUPS_ALLOWED', description: 'Collaborator groups can be created again.' },
  {
    code: 'NEW_REQUEST_NEEDED',
    description: 'Enabling it again takes the same steps and the same checks as the first time.',
  },
];
