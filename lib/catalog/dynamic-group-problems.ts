import { problem } from '../kit/problem.ts';

export const groupNotYours = problem({
  code: 'dynamic_groups.not_yours',
  status: 403,
  title: 'Suppliers and asset managers change the dynamic groups that they created, and no others',
});
export const groupInUse = problem({
  code: 'dynamic_groups.in_use',
  status: 409,
  title: 'A dynamic group that a marketplace names cannot be deleted',
});
export const unreadableGroup = problem({
  code: 'dynamic_groups.unreadable',
  status: 409,
  title: 'This dynamic group was stored in a form that this version of the service cannot read',
});
export const tooManyGroups = problem({
  code: 'dynamic_groups.too_many',
  status: 409,
  title: 'A customer has at most 100 dynamic groups',
});
