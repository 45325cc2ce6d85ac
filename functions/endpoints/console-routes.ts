import type { Route } from '../../lib/kit/route.ts';
import { changeMachineGroup } from './change-machine-group.ts';
import { changePolicy } from './change-policy.ts';
import { createMachineGroup } from './create-machine-group.ts';
import { createPackage } from './create-package.ts';
import { createPolicy } from './create-policy.ts';
import { deleteMachineGroup } from './delete-machine-group.ts';
import { deletePolicy } from './delete-policy.ts';
import { getMachineGroup } from './get-machine-group.ts';
import { getPackageManifest } from './get-package-manifest.ts';
import { getPolicy } from './get-policy.ts';
import { listMachineGroups } from './list-machine-groups.ts';
import { listPackages } from './list-packages.ts';
import { listPolicies } from './list-policies.ts';
import { listPolicyVersions } from './list-policy-versions.ts';
import { revokePackage } from './revoke-package.ts';

/** Groups, policies and packages of a customer's console. */
export const consoleRoutes: readonly Route[] = [
  createMachineGroup,
  listMachineGroups,
  getMachineGroup,
  changeMachineGroup,
  deleteMachineGroup,
  createPolicy,
  listPolicies,
  getPolicy,
  changePolicy,
  listPolicyVersions,
  deletePolicy,
  createPackage,
  listPackages,
  getPackageManifest,
  revokePackage,
];
