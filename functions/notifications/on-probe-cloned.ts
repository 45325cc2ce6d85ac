import { subscriber } from '../../lib/kit/context.ts';
import { probeCloned as say } from '../../lib/notifications/probe-emails.ts';
import { probeCloned } from '../../lib/probes/events.ts';
import { tellOfProbe } from './tell-of-probe.ts';

export const onProbeCloned = subscriber({
  id: 'on-probe-cloned',
  on: probeCloned,
  impact: 'Nobody is mailed that the key pair of a probe was copied.',
  handle: (envelope) =>
    tellOfProbe(envelope, { kind: 'PROBE_CLONED', to: 'RECIPIENTS_AND_ADMINISTRATORS', say }),
});
