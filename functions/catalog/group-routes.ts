import { changeDynamicGroup } from './change-dynamic-group.ts';
import { createDynamicGroup } from './create-dynamic-group.ts';
import { deleteDynamicGroup } from './delete-dynamic-group.ts';
import { getDynamicGroup } from './get-dynamic-group.ts';
import { listDynamicGroupMembers } from './list-dynamic-group-members.ts';
import { listDynamicGroups } from './list-dynamic-groups.ts';

/** Named groups of whoever passes filters. */
export const groupRoutes = [
  createDynamicGroup,
  listDynamicGroups,
  getDynamicGroup,
  changeDynamicGroup,
  deleteDynamicGroup,
  listDynamicGroupMembers,
];
