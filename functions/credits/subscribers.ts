import type { Subscriber } from '../../lib/kit/context.ts';
import { onCustomerDeleted } from './on-customer-deleted.ts';

export const subscribers: readonly Subscriber[] = [onCustomerDeleted];
