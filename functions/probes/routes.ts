import type { Route } from '../../lib/kit/route.ts';
import { approveProbe } from './approve-probe.ts';
import { changeProbe } from './change-probe.ts';
import { createMaintenanceWindow } from './create-maintenance-window.ts';
import { createProbe } from './create-probe.ts';
import { deleteMaintenanceWindow } from './delete-maintenance-window.ts';
import { getCustomerOverview } from './get-customer-overview.ts';
import { getMaintenanceWindow } from './get-maintenance-window.ts';
import { getOverview } from './get-overview.ts';
import { getProbe } from './get-probe.ts';
import { getProbeApproval } from './get-probe-approval.ts';
import { getProbeOperation } from './get-probe-operation.ts';
import { getRecommendedAllocation } from './get-recommended-allocation.ts';
import { issueEnrolmentKey } from './issue-enrolment-key.ts';
import { listMaintenanceWindows } from './list-maintenance-windows.ts';
import { listProbes } from './list-probes.ts';
import { orderCommand } from './order-command.ts';
import { retireProbe } from './retire-probe.ts';
import { revokeProbe } from './revoke-probe.ts';
import { setProbeApproval } from './set-probe-approval.ts';

export const routes: readonly Route[] = [
  createProbe,
  listProbes,
  getProbe,
  changeProbe,
  retireProbe,
  issueEnrolmentKey,
  approveProbe,
  revokeProbe,
  orderCommand,
  getProbeApproval,
  setProbeApproval,
  getProbeOperation,
  createMaintenanceWindow,
  listMaintenanceWindows,
  getMaintenanceWindow,
  deleteMaintenanceWindow,
  getRecommendedAllocation,
  getCustomerOverview,
  getOverview,
];
