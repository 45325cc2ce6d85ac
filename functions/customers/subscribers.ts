import type { Subscriber } from '../../lib/kit/context.ts';
import { onProvisioningFinished } from './on-provisioning-finished.ts';

export const subscribers: readonly Subscriber[] = [onProvisioningFinished];
