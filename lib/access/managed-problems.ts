import { problem } from '../kit/problem.ts';

export const contactIsPartner = problem({
  code: 'access.contact_is_partner',
  status: 422,
  title: 'The contact must be somebody at the customer, never at its partner',
});
export const trialsOnly = problem({
  code: 'access.trials_only',
  status: 422,
  title:
    'A customer begins with trials, or with your MSP licence; what is bought or applied comes once it is there',
});
