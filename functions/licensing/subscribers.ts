import type { Subscriber } from '../../lib/kit/context.ts';
import { onNotificationDefaultsChanged } from './on-notification-defaults-changed.ts';

export const subscribers: readonly Subscriber[] = [onNotificationDefaultsChanged];
