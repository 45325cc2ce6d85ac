import { problem } from '../kit/problem.ts';

export const nameTaken = problem({
  code: 'providers.name_taken',
  status: 409,
  title: 'Another provider has this name',
});
export const domainTaken = problem({
  code: 'providers.domain_taken',
  status: 409,
  title: 'Another provider has this domain',
});
export const lastAdministrator = problem({
  code: 'members.last_administrator',
  status: 409,
  title: 'The last system administrator cannot go',
});
export const notYourself = problem({
  code: 'members.not_yourself',
  status: 409,
  title: 'You cannot change your own roles',
});
