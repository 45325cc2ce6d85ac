import type { Route } from '../../lib/kit/route.ts';
import { buyOwnLicence } from './buy-own-licence.ts';
import { executeRemoval } from './execute-removal.ts';
import { getRemoval } from './get-removal.ts';
import { listAccounts } from './list-accounts.ts';
import { listOwnLicences } from './list-own-licences.ts';
import { listRemovalReports } from './list-removal-reports.ts';
import { openAccount } from './open-account.ts';
import { planRemoval } from './plan-removal.ts';

/** Accounts without a partner, how they come to be, and what they buy themselves. */
export const removalRoutes: readonly Route[] = [
  openAccount,
  listAccounts,
  planRemoval,
  getRemoval,
  executeRemoval,
  listRemovalReports,
  buyOwnLicence,
  listOwnLicences,
];
