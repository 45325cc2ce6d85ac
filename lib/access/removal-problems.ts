import { problem } from '../kit/problem.ts';

export const removalBlocked = problem({
  code: 'removals.blocked',
  status: 409,
  title: 'Something keeps the customer here; the plan says what, and how to mend it',
});
export const removalLapsed = problem({
  code: 'removals.lapsed',
  status: 409,
  title: 'A plan of removal counts for 15 minutes; make another',
});
export const removalChanged = problem({
  code: 'removals.changed',
  status: 409,
  title: 'Something that the plan tells of has changed since; make another',
});
export const removalDone = problem({
  code: 'removals.executed',
  status: 409,
  title: 'The plan was executed already',
});
export const ownLicencesOnly = problem({
  code: 'own_licences.sold_by_partner',
  status: 409,
  title: 'A partner looks after you and sells you licences; ask there',
});
