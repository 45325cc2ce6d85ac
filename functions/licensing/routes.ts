import type { Route } from '../../lib/kit/route.ts';
import { addItems } from './add-items.ts';
import { deleteItem } from './delete-item.ts';
import { getItem } from './get-item.ts';
import { getLicences } from './get-licences.ts';
import { getNotificationDefaults } from './get-notification-defaults.ts';
import { getNotificationSettings } from './get-notification-settings.ts';
import { getPool } from './get-pool.ts';
import { listItems } from './list-items.ts';
import { listPools } from './list-pools.ts';
import { manageItems } from './manage-items.ts';
import { previewNotice } from './preview-notice.ts';
import { sendNoticeToMe } from './send-notice-to-me.ts';
import { setLicences } from './set-licences.ts';
import { setNotificationDefaults } from './set-notification-defaults.ts';
import { setNotificationSettings } from './set-notification-settings.ts';
import { setPool } from './set-pool.ts';
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
];
