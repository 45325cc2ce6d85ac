import { problem } from '../kit/problem.ts';

export const customerManages = problem({
  code: 'access.customer_manages',
  status: 409,
  title: 'The customer manages itself: nobody else enters its console',
});
export const endOutOfRange = problem({
  code: 'access.end_out_of_range',
  status: 422,
  title: 'The access must end in the future, within a year',
});
export const nothingAsked = problem({
  code: 'access.nothing_asked',
  status: 409,
  title: 'Nothing is asked for, or only for a time that is over',
});
export const nothingGiven = problem({
  code: 'access.nothing_given',
  status: 409,
  title: 'No access is given',
});
export const notNarrower = problem({
  code: 'access.not_narrower',
  status: 409,
  title: 'That is more than is given; only the partner asks for more',
});
export const notGiven = problem({
  code: 'access.not_given',
  status: 409,
  title: 'The customer has given no access that counts now',
});
export const moreThanGiven = problem({
  code: 'access.more_than_given',
  status: 409,
  title: 'These roles, or so many minutes, are more than the customer has given',
});
export const moreThanOwn = problem({
  code: 'access.more_than_own',
  status: 409,
  title: 'Your own roles do not reach to these',
});
export const tooManySessions = problem({
  code: 'access.too_many_sessions',
  status: 409,
  title: 'Of these sessions 3 may be open for a person and 20 for a customer: end one',
});
export const customerDisabled = problem({
  code: 'access.customer_disabled',
  status: 409,
  title: 'The customer is disabled',
});
export const sessionOver = problem({
  code: 'access.session_over',
  status: 409,
  title: 'The session is over',
});
export const notAwaiting = problem({
  code: 'access.not_awaiting',
  status: 409,
  title: 'The session does not wait for approval',
});
