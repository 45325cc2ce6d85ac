import { subscriber } from '../../lib/kit/context.ts';
import { probeWaits as say } from '../../lib/notifications/probe-emails.ts';
import { probeAwaitingApproval } from '../../lib/probes/events.ts';
import { tellOfProbe } from './tell-of-probe.ts';

export const onProbeAwaitingApproval = subscriber({
  id: 'on-probe-awaiting-approval',
  on: probeAwaitingApproval,
  impact: 'Nobody is mailed that a probe waits for approval.',
  handle: (envelope) => tellOfProbe(envelope, { kind: 'PROBE_WAITS', to: 'LICENCE_RECIPIENTS', say }),
});
