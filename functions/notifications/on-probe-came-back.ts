import { subscriber } from '../../lib/kit/context.ts';
import { downAlert } from '../../lib/notifications/alert.ts';
import { probeBack as say } from '../../lib/notifications/probe-emails.ts';
import { probeCameBack } from '../../lib/probes/events.ts';
import { tellOfProbe } from './tell-of-probe.ts';

/** Tells of the end of an outage that was told. */
export const onProbeCameBack = subscriber({
  id: 'on-probe-came-back',
  on: probeCameBack,
  impact: 'Nobody is mailed that a probe is back.',
  handle: async (envelope) => {
    if (!envelope.data.told) return;
    const alerts = [downAlert(envelope.subject)];
    await tellOfProbe(envelope, { kind: 'RECOVERED', to: 'LICENCE_RECIPIENTS', alerts, say });
  },
});
