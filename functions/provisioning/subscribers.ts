import type { Subscriber } from '../../lib/kit/context.ts';
import { onProvisioningRequested } from './on-provisioning-requested.ts';
import { onProvisioningResumed } from './on-provisioning-resumed.ts';

export const subscribers: readonly Subscriber[] = [onProvisioningRequested, onProvisioningResumed];
