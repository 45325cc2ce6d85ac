import { onCatalogueImportRequested } from './on-catalogue-import-requested.ts';
import { onCompanyChanged } from './on-company-changed.ts';
import { onCustomerAdded } from './on-customer-added.ts';
import { onCustomerDeletedClear } from './on-customer-deleted-clear.ts';
import { onCustomerDeletedReturn } from './on-customer-deleted-return.ts';
import { onCustomerHandedOver } from './on-customer-handed-over.ts';
import { onItemUnassigned } from './on-item-unassigned.ts';
import { onPeopleImported } from './on-people-imported.ts';
import { onPersonAdded } from './on-person-added.ts';
import { onPersonChanged } from './on-person-changed.ts';
import { onSubtreeMoved } from './on-subtree-moved.ts';
import { onUsersChanged } from './on-users-changed.ts';
import { onWorkRequested } from './on-work-requested.ts';

export const subscribers = [
  onPersonAdded,
  onPersonChanged,
  onPeopleImported,
  onUsersChanged,
  onCustomerAdded,
  onCustomerDeletedClear,
  onWorkRequested,
  onItemUnassigned,
  onCompanyChanged,
  onCustomerDeletedReturn,
  onSubtreeMoved,
  onCustomerHandedOver,
  onCatalogueImportRequested,
];
