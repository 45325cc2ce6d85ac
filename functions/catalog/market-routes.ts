import { changeMarketplace } from './change-marketplace.ts';
import { createMarketplace } from './create-marketplace.ts';
import { deleteMarketplace } from './delete-marketplace.ts';
import { enrolEndUsers } from './enrol-end-users.ts';
import { getCatalogueItem } from './get-catalogue-item.ts';
import { getCatalogueOperation } from './get-catalogue-operation.ts';
import { getEntitlements } from './get-entitlements.ts';
import { getFullView } from './get-full-view.ts';
import { getMarketplace } from './get-marketplace.ts';
import { listCatalogue } from './list-catalogue.ts';
import { listMarketplaces } from './list-marketplaces.ts';
import { listRestrictedItems } from './list-restricted-items.ts';
import { previewMarketplace } from './preview-marketplace.ts';
import { restrictItem } from './restrict-item.ts';
import { switchFullView } from './switch-full-view.ts';
import { unrestrictItem } from './unrestrict-item.ts';

/** Marketplaces, full view and what end users see. */
export const marketRoutes = [
  createMarketplace,
  listMarketplaces,
  getMarketplace,
  changeMarketplace,
  deleteMarketplace,
  previewMarketplace,
  getCatalogueOperation,
  enrolEndUsers,
  getFullView,
  switchFullView,
  restrictItem,
  unrestrictItem,
  listRestrictedItems,
  getEntitlements,
  listCatalogue,
  getCatalogueItem,
];
