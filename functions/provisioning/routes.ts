import type { Route } from '../../lib/kit/route.ts';
import { getProvisioningRequest } from './get-provisioning-request.ts';
import { listDirectoryObjects } from './list-directory-objects.ts';
import { listProvisioningRequests } from './list-provisioning-requests.ts';
import { resetProvisioningRequest } from './reset-provisioning-request.ts';
import { retryProvisioningRequest } from './retry-provisioning-request.ts';

export const routes: readonly Route[] = [
  listProvisioningRequests,
  getProvisioningRequest,
  retryProvisioningRequest,
  resetProvisioningRequest,
  listDirectoryObjects,
];
