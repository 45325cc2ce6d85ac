import type { Subscriber } from '../../lib/kit/context.ts';
import { onCustomerMoved } from './on-customer-moved.ts';
import { onRemovalExecuted } from './on-removal-executed.ts';

export const subscribers: readonly Subscriber[] = [onRemovalExecuted, onCustomerMoved];
