import { assignItem } from './assign-item.ts';
import { createCatalogueItem } from './create-catalogue-item.ts';
import { editCatalogueItem } from './edit-catalogue-item.ts';
import { exportCatalogue } from './export-catalogue.ts';
import { getAssignment } from './get-assignment.ts';
import { importCatalogue } from './import-catalogue.ts';
import { listAssignments } from './list-assignments.ts';
import { listCatalogueItems } from './list-catalogue-items.ts';
import { listCatalogueRevisions } from './list-catalogue-revisions.ts';
import { publishCatalogueItem } from './publish-catalogue-item.ts';
import { rejectCatalogueItem } from './reject-catalogue-item.ts';
import { removeCatalogueItem } from './remove-catalogue-item.ts';
import { showCatalogueItem } from './show-catalogue-item.ts';
import { submitCatalogueItem } from './submit-catalogue-item.ts';
import { unassignItem } from './unassign-item.ts';
import { unpublishCatalogueItem } from './unpublish-catalogue-item.ts';

/** The provider's catalogue, and what customers are given of it. */
export const itemRoutes = [
  createCatalogueItem,
  listCatalogueItems,
  showCatalogueItem,
  editCatalogueItem,
  removeCatalogueItem,
  listCatalogueRevisions,
  submitCatalogueItem,
  publishCatalogueItem,
  rejectCatalogueItem,
  unpublishCatalogueItem,
  importCatalogue,
  exportCatalogue,
  listAssignments,
  getAssignment,
  assignItem,
  unassignItem,
];
