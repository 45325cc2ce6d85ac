import { problem } from '../kit/problem.ts';

export const tooManyGroups = problem({
  code: 'endpoints.too_many_groups',
  status: 409,
  title: 'A customer has at most 200 groups of machines',
});
export const groupsTooDeep = problem({
  code: 'endpoints.groups_too_deep',
  status: 409,
  title: 'Groups are at most 5 levels deep, the default group being the first',
});
export const groupNameTaken = problem({
  code: 'endpoints.group_name_taken',
  status: 409,
  title: 'Another group below the same one has this name',
});
export const groupUnknown = problem({
  code: 'endpoints.group_unknown',
  status: 422,
  title: 'The customer has no such group',
});
export const groupIntoItself = problem({
  code: 'endpoints.group_into_itself',
  status: 409,
  title: 'A group cannot stand below itself',
});
export const defaultGroupStays = problem({
  code: 'endpoints.default_group_stays',
  status: 409,
  title: 'The default group is never moved nor deleted',
});
export const groupNotEmpty = problem({
  code: 'endpoints.group_not_empty',
  status: 409,
  title: 'The group still has machines or groups; move them first',
});
export const tooManyPolicies = problem({
  code: 'endpoints.too_many_policies',
  status: 409,
  title: 'A customer has at most 100 policies',
});
export const policyNameTaken = problem({
  code: 'endpoints.policy_name_taken',
  status: 409,
  title: 'Another policy has this name',
});
export const policyUnknown = problem({
  code: 'endpoints.policy_unknown',
  status: 422,
  title: 'The customer has no such policy',
});
export const policyAssigned = problem({
  code: 'endpoints.policy_assigned',
  status: 409,
  title: 'Groups are given this policy; give them another first',
});
export const packageProductUnknown = problem({
  code: 'endpoints.product_unknown',
  status: 422,
  title: 'There is no such product',
});
export const packageRevoked = problem({
  code: 'endpoints.package_revoked',
  status: 409,
  title: 'The installation package was revoked',
});
