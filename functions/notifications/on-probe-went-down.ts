import { subscriber } from '../../lib/kit/context.ts';
import { downAlert } from '../../lib/notifications/alert.ts';
import { probeDown as say } from '../../lib/notifications/probe-emails.ts';
import { probeWentDown } from '../../lib/probes/events.ts';
import { tellOfProbe } from './tell-of-probe.ts';

/** Tells of an outage; one that began in a maintenance window is announced again when that is over. */
export const onProbeWentDown = subscriber({
  id: 'on-probe-went-down',
  on: probeWentDown,
  impact: 'Nobody is mailed that a probe is down.',
  handle: async (envelope) => {
    if (!envelope.data.told) return;
    const alerts = [downAlert(envelope.subject)];
    await tellOfProbe(envelope, { kind: 'REACHED', to: 'LICENCE_RECIPIENTS', alerts, say });
  },
});
