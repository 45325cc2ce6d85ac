import type { Route } from '../../lib/kit/route.ts';
import { adjustCredits } from './adjust-credits.ts';
import { changeCreditSettings } from './change-credit-settings.ts';
import { debitBatch } from './debit-batch.ts';
import { debitCredits } from './debit-credits.ts';
import { exportConsumption } from './export-consumption.ts';
import { exportEntries } from './export-entries.ts';
import { getConsumption } from './get-consumption.ts';
import { getCreditSettings } from './get-credit-settings.ts';
import { getCreditSystem } from './get-credit-system.ts';
import { getCredits } from './get-credits.ts';
import { getEntry } from './get-entry.ts';
import { getForecast } from './get-forecast.ts';
import { grantCredits } from './grant-credits.ts';
import { listArchivedEntries } from './list-archived-entries.ts';
import { listEntries } from './list-entries.ts';
import { reclaimCredits } from './reclaim-credits.ts';
import { refundDebit } from './refund-debit.ts';
import { switchCreditSystem } from './switch-credit-system.ts';
import { transferCredits } from './transfer-credits.ts';

export const routes: readonly Route[] = [
  adjustCredits,
  changeCreditSettings,
  debitBatch,
  debitCredits,
  exportConsumption,
  exportEntries,
  getConsumption,
  getCreditSettings,
  getCreditSystem,
  getCredits,
  getEntry,
  getForecast,
  grantCredits,
  listEntries,
  listArchivedEntries,
  reclaimCredits,
  refundDebit,
  switchCreditSystem,
  transferCredits,
];
