import type { Route } from '../../lib/kit/route.ts';
import { changeRoleCollection } from './change-role-collection.ts';
import { changeUser } from './change-user.ts';
import { createRoleCollection } from './create-role-collection.ts';
import { createUser } from './create-user.ts';
import { deleteRoleCollection } from './delete-role-collection.ts';
import { deleteUser } from './delete-user.ts';
import { deprovisionUser } from './deprovision-user.ts';
import { getRoleCollection } from './get-role-collection.ts';
import { getUser } from './get-user.ts';
import { importUsers } from './import-users.ts';
import { listRoleCollections } from './list-role-collections.ts';
import { listUsers } from './list-users.ts';
import { provisionUser } from './provision-user.ts';
import { resetPassword } from './reset-password.ts';

export const routes: readonly Route[] = [
  createUser,
  importUsers,
  listUsers,
  getUser,
  changeUser,
  deleteUser,
  provisionUser,
  deprovisionUser,
  resetPassword,
  createRoleCollection,
  listRoleCollections,
  getRoleCollection,
  changeRoleCollection,
  deleteRoleCollection,
];
