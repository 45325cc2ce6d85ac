import type { Route } from '../../lib/kit/route.ts';
import { getProbeApproval } from './get-probe-approval.ts';
import { setProbeApproval } from './set-probe-approval.ts';

export const routes: readonly Route[] = [getProbeApproval, setProbeApproval];
