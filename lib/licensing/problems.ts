import { problem } from '../kit/problem.ts';

export const poolExhausted = problem({
  code: 'licensing.pool_exhausted',
  status: 409,
  title: 'The licence pool has too little left for this',
});
export const poolCommitted = problem({
  code: 'licensing.pool_committed',
  status: 409,
  title: 'More licences are allocated or in use than that',
});
export const limitBelowUse = problem({
  code: 'licensing.limit_below_use',
  status: 409,
  title: 'A limit would be below what is in use; `force=true` stops monitoring the newest items',
});
export const tooManyToUnmanage = problem({
  code: 'licensing.too_many_to_unmanage',
  status: 409,
  title: 'That would stop monitoring too many items at once; lower the limits in steps',
});
export const notAllocated = problem({
  code: 'licensing.not_allocated',
  status: 409,
  title: 'The customer shares the pool: there are no limits to be told about',
});
export const unknownItems = problem({
  code: 'licensing.unknown_items',
  status: 404,
  title: 'The customer has no such monitored items',
});
export const productCodeTaken = problem({
  code: 'licensing.product_code_taken',
  status: 409,
  title: 'Another product has this code',
});
export const tooManyProducts = problem({
  code: 'licensing.too_many_products',
  status: 409,
  title: 'A provider has at most 100 products',
});
export const productUnknown = problem({
  code: 'licensing.product_unknown',
  status: 422,
  title: 'There is no such product',
});
export const productRetired = problem({
  code: 'licensing.product_retired',
  status: 409,
  title: 'The product is retired: no new licence of it is given, and none is renewed',
});
export const trialHad = problem({
  code: 'licensing.trial_had',
  status: 409,
  title: 'The customer has had its trial of this product',
});
export const mspNotOffered = problem({
  code: 'licensing.msp_not_offered',
  status: 409,
  title: 'The provider holds no MSP licence of this product',
});
export const mspHeld = problem({
  code: 'licensing.msp_held',
  status: 409,
  title: 'The customer runs on an MSP licence of this product already',
});
export const purchaserIsPartner = problem({
  code: 'licensing.purchaser_is_partner',
  status: 422,
  title: 'The purchaser must be the customer, never its partner',
});
export const keyUnknown = problem({
  code: 'licensing.key_unknown',
  status: 422,
  title: 'This is not a licence key of the provider',
});
export const keyExpired = problem({
  code: 'licensing.key_expired',
  status: 409,
  title: 'The licence key can no longer be redeemed',
});
export const keyUsed = problem({
  code: 'licensing.key_used',
  status: 409,
  title: 'The licence key was redeemed',
});
export const tooManySubscriptions = problem({
  code: 'licensing.too_many_subscriptions',
  status: 409,
  title: 'The customer has too many running licences of this product; renew one of them',
});
export const notRenewable = problem({
  code: 'licensing.not_renewable',
  status: 409,
  title: 'Only a SUBSCRIPTION that was not removed can be renewed',
});
export const subscriptionRemoved = problem({
  code: 'licensing.subscription_removed',
  status: 409,
  title: 'The licence was removed',
});
export const seatsOfTerm = problem({
  code: 'licensing.seats_of_term',
  status: 409,
  title:
    'Only the seats of an MSP licence are changed; others have theirs for a term, and renewal changes them',
});
export const noLicence = problem({
  code: 'licensing.no_licence',
  status: 409,
  title: 'The customer has no running licence of this product',
});
export const seatsExhausted = problem({
  code: 'licensing.seats_exhausted',
  status: 409,
  title: 'All seats of the customer’s licences are taken',
});
export const seatTaken = problem({
  code: 'licensing.seat_taken',
  status: 409,
  title: 'This machine has a seat of the product',
});
export const seatOfMachine = problem({
  code: 'licensing.seat_of_machine',
  status: 409,
  title: 'This is a machine of the console: it takes its seat as it enrols, and frees it as it is removed',
});
export const needsConsent = problem({
  code: 'licensing.needs_consent',
  status: 409,
  title: 'The customer decides about access itself: its administrators must hand it over first',
});
