import type { Subscriber } from '../../lib/kit/context.ts';
import { onCustomerDeleted } from './on-customer-deleted.ts';
import { onTopUpDue } from './on-top-up-due.ts';

export const subscribers: readonly Subscriber[] = [onCustomerDeleted, onTopUpDue];
