import type { Route } from '../../lib/kit/route.ts';
import { addItems } from './add-items.ts';
import { addSubscription } from './add-subscription.ts';
import { changeProduct } from './change-product.ts';
import { changeSubscription } from './change-subscription.ts';
import { createLicenceKey } from './create-licence-key.ts';
import { createProduct } from './create-product.ts';
import { deleteItem } from './delete-item.ts';
import { freeSeat } from './free-seat.ts';
import { getItem } from './get-item.ts';
import { getLicenceKey } from './get-licence-key.ts';
import { getLicences } from './get-licences.ts';
import { getManagement } from './get-management.ts';
import { getNotificationDefaults } from './get-notification-defaults.ts';
import { getNotificationSettings } from './get-notification-settings.ts';
import { getPool } from './get-pool.ts';
import { getProduct } from './get-product.ts';
import { getSeatUsage } from './get-seat-usage.ts';
import { getSubscription } from './get-subscription.ts';
import { listHoldings } from './list-holdings.ts';
import { listItems } from './list-items.ts';
import { listLicenceKeys } from './list-licence-keys.ts';
import { listPools } from './list-pools.ts';
import { listProducts } from './list-products.ts';
import { listSeats } from './list-seats.ts';
import { listSubscriptions } from './list-subscriptions.ts';
import { manageItems } from './manage-items.ts';
import { previewNotice } from './preview-notice.ts';
import { removeSubscription } from './remove-subscription.ts';
import { renewSubscription } from './renew-subscription.ts';
import { revokeLicenceKey } from './revoke-licence-key.ts';
import { sendNoticeToMe } from './send-notice-to-me.ts';
import { setLicences } from './set-licences.ts';
import { setManagement } from './set-management.ts';
import { setNotificationDefaults } from './set-notification-defaults.ts';
import { setNotificationSettings } from './set-notification-settings.ts';
import { setPool } from './set-pool.ts';
import { takeSeat } from './take-seat.ts';
import { unmanageItems } from './unmanage-items.ts';

export const routes: readonly Route[] = [
  listPools,
  getPool,
  setPool,
  getLicences,
  setLicences,
  addItems,
  listItems,
  manageItems,
  unmanageItems,
  getItem,
  deleteItem,
  getNotificationDefaults,
  setNotificationDefaults,
  getNotificationSettings,
  setNotificationSettings,
  previewNotice,
  sendNoticeToMe,
  createProduct,
  listProducts,
  getProduct,
  changeProduct,
  createLicenceKey,
  listLicenceKeys,
  getLicenceKey,
  revokeLicenceKey,
  addSubscription,
  listSubscriptions,
  getSubscription,
  changeSubscription,
  renewSubscription,
  removeSubscription,
  listHoldings,
  takeSeat,
  listSeats,
  freeSeat,
  getSeatUsage,
  getManagement,
  setManagement,
];
