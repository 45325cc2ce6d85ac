import type { Route } from '../../lib/kit/route.ts';
import { addAdministrator } from './add-administrator.ts';
import { changeDefaultSettings } from './change-default-settings.ts';
import { changeSettings } from './change-settings.ts';
import { createCustomer } from './create-customer.ts';
import { deleteCustomer } from './delete-customer.ts';
import { deprovisionCustomer } from './deprovision-customer.ts';
import { disableCustomer } from './disable-customer.ts';
import { enableCustomer } from './enable-customer.ts';
import { getAdministrator } from './get-administrator.ts';
import { getArchivedCustomer } from './get-archived-customer.ts';
import { getCustomer } from './get-customer.ts';
import { getDefaultSettings } from './get-default-settings.ts';
import { getEffectiveSettings } from './get-effective-settings.ts';
import { getMove } from './get-move.ts';
import { listAdministrators } from './list-administrators.ts';
import { listCustomers } from './list-customers.ts';
import { listSubtree } from './list-subtree.ts';
import { moveCustomer } from './move-customer.ts';
import { provisionCustomer } from './provision-customer.ts';
import { provisionResellerService } from './provision-reseller-service.ts';
import { removeAdministrator } from './remove-administrator.ts';
import { removeResellerService } from './remove-reseller-service.ts';
import { updateCustomer } from './update-customer.ts';

export const routes: readonly Route[] = [
  createCustomer,
  listCustomers,
  listSubtree,
  getCustomer,
  updateCustomer,
  provisionCustomer,
  deprovisionCustomer,
  disableCustomer,
  enableCustomer,
  deleteCustomer,
  getArchivedCustomer,
  getEffectiveSettings,
  changeSettings,
  getDefaultSettings,
  changeDefaultSettings,
  moveCustomer,
  getMove,
  provisionResellerService,
  removeResellerService,
  listAdministrators,
  addAdministrator,
  getAdministrator,
  removeAdministrator,
];
