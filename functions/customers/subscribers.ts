import type { Subscriber } from '../../lib/kit/context.ts';
import { onMoveRequested } from './on-move-requested.ts';
import { onPartnerChanged } from './on-partner-changed.ts';
import { onProvisioningFinished } from './on-provisioning-finished.ts';

export const subscribers: readonly Subscriber[] = [onProvisioningFinished, onMoveRequested, onPartnerChanged];
