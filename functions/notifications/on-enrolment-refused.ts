import { subscriber } from '../../lib/kit/context.ts';
import { enrolmentRefused as say } from '../../lib/notifications/probe-emails.ts';
import { enrolmentRefused } from '../../lib/probes/events.ts';
import { tellOfProbe } from './tell-of-probe.ts';

export const onEnrolmentRefused = subscriber({
  id: 'on-enrolment-refused',
  on: enrolmentRefused,
  impact: 'Nobody is mailed that somebody tries enrolment keys.',
  handle: (envelope) =>
    tellOfProbe(envelope, { kind: 'ENROLMENT_REFUSED', to: 'RECIPIENTS_AND_ADMINISTRATORS', say }),
});
