import { problem } from '../kit/problem.ts';

export const codeTaken = problem({
  code: 'services.code_taken',
  status: 409,
  title: 'Another of your services has this code',
});
export const planUnknown = problem({
  code: 'services.plan_unknown',
  status: 422,
  title: 'The service has no such plan for this audience',
});
export const planBySeller = problem({
  code: 'services.plan_by_seller',
  status: 403,
  title: 'The plan of a customer, and so its price, is chosen by whoever sells to it',
});
export const noUserPlans = problem({
  code: 'services.no_user_plans',
  status: 409,
  title: 'The service is for customers as a whole: it has no plans for users',
});
export const notOffered = problem({
  code: 'services.not_offered',
  status: 409,
  title: 'The parent does not offer this service',
});
export const offerInUse = problem({
  code: 'services.offer_in_use',
  status: 409,
  title: 'Customers or resellers right below still have the service from this offer',
});
export const customerLacks = problem({
  code: 'services.customer_lacks',
  status: 409,
  title: 'The customer itself does not have this service',
});
export const customerOut = problem({
  code: 'services.customer_out',
  status: 409,
  title: 'The customer is deprovisioned: it has no services until it is provisioned again',
});
export const notForUsers = problem({
  code: 'services.not_for_users',
  status: 409,
  title: 'The service is for customers as a whole, not for users',
});
export const billTooLong = problem({
  code: 'billing.too_long',
  status: 409,
  title: 'The report is longer than one file; ask for one customer, or read the JSON pages',
});
