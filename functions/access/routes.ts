import type { Route } from '../../lib/kit/route.ts';
import { addManagedCustomer } from './add-managed-customer.ts';
import { delegationRoutes } from './delegation-routes.ts';
import { importRoutes } from './import-routes.ts';
import { removalRoutes } from './removal-routes.ts';

export const routes: readonly Route[] = [
  addManagedCustomer,
  ...delegationRoutes,
  ...importRoutes,
  ...removalRoutes,
];
