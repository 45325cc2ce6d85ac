import type { Route } from '../../lib/kit/route.ts';
import { approveServiceRequest } from './approve-service-request.ts';
import { cancelMyServiceRequest } from './cancel-my-service-request.ts';
import { cancelServiceRequest } from './cancel-service-request.ts';
import { completeServiceRequest } from './complete-service-request.ts';
import { confirmMyServiceRequest } from './confirm-my-service-request.ts';
import { exportRequestReport } from './export-request-report.ts';
import { exportServiceRequests } from './export-service-requests.ts';
import { failServiceRequest } from './fail-service-request.ts';
import { getMyServiceRequest } from './get-my-service-request.ts';
import { getServiceRequest } from './get-service-request.ts';
import { holdServiceRequest } from './hold-service-request.ts';
import { listMyServiceRequests } from './list-my-service-requests.ts';
import { listServiceRequests } from './list-service-requests.ts';
import { pendServiceRequest } from './pend-service-request.ts';
import { rejectServiceRequest } from './reject-service-request.ts';
import { reportServiceRequests } from './report-service-requests.ts';
import { resumeServiceRequest } from './resume-service-request.ts';
import { startServiceRequest } from './start-service-request.ts';
import { submitServiceRequest } from './submit-service-request.ts';

export const routes: readonly Route[] = [
  approveServiceRequest,
  cancelMyServiceRequest,
  cancelServiceRequest,
  completeServiceRequest,
  confirmMyServiceRequest,
  exportRequestReport,
  exportServiceRequests,
  failServiceRequest,
  getMyServiceRequest,
  getServiceRequest,
  holdServiceRequest,
  listMyServiceRequests,
  listServiceRequests,
  pendServiceRequest,
  rejectServiceRequest,
  reportServiceRequests,
  resumeServiceRequest,
  startServiceRequest,
  submitServiceRequest,
];
