import type { Subscriber } from '../../lib/kit/context.ts';
import { onCustomerProvisioningRequested } from './on-customer-provisioning-requested.ts';
import { onProvisioningRequested } from './on-provisioning-requested.ts';
import { onProvisioningResumed } from './on-provisioning-resumed.ts';
import { onServiceProvisioningRequested } from './on-service-provisioning-requested.ts';
import { onUserProvisioningRequested } from './on-user-provisioning-requested.ts';

export const subscribers: readonly Subscriber[] = [
  onProvisioningRequested,
  onCustomerProvisioningRequested,
  onUserProvisioningRequested,
  onServiceProvisioningRequested,
  onProvisioningResumed,
];
