import { problem } from '../kit/problem.ts';

export const notEntitled = problem({
  code: 'requests.not_entitled',
  status: 409,
  title: 'This item is not in your catalogue, or no longer',
});
export const customerOut = problem({
  code: 'requests.customer_out',
  status: 409,
  title: 'Your company is deprovisioned: it requests nothing until it is provisioned again',
});
export const forAnother = problem({
  code: 'requests.for_another',
  status: 403,
  title: 'Everybody requests for themselves',
});
export const quantityOutOfRange = problem({
  code: 'requests.quantity_out_of_range',
  status: 409,
  title: 'The quantity is outside the range of the item',
});
export const priceTooHigh = problem({
  code: 'requests.price_too_high',
  status: 409,
  title: 'The price of so many is beyond what is kept exactly',
});
export const wrongState = problem({
  code: 'requests.wrong_state',
  status: 409,
  title: 'The request is in a state that does not allow this',
});
export const ownRequest = problem({
  code: 'requests.own_request',
  status: 409,
  title: 'Nobody decides on their own request',
});
export const tooManyRequests = problem({
  code: 'requests.too_many_for_a_file',
  status: 409,
  title: 'The period holds more requests than one file may: choose a shorter one',
});
