import type { Route } from '../../lib/kit/route.ts';
import { endSnooze } from './end-snooze.ts';
import { explainAlert } from './explain-alert.ts';
import { getNotice } from './get-notice.ts';
import { getSnooze } from './get-snooze.ts';
import { getSuppressedAddress } from './get-suppressed-address.ts';
import { listAlerts } from './list-alerts.ts';
import { listNotices } from './list-notices.ts';
import { listSuppressedAddresses } from './list-suppressed-addresses.ts';
import { releaseSuppressedAddress } from './release-suppressed-address.ts';
import { resendNotice } from './resend-notice.ts';
import { snoozeAlert } from './snooze-alert.ts';

export const routes: readonly Route[] = [
  listNotices,
  getNotice,
  resendNotice,
  listAlerts,
  explainAlert,
  snoozeAlert,
  getSnooze,
  endSnooze,
  listSuppressedAddresses,
  getSuppressedAddress,
  releaseSuppressedAddress,
];
