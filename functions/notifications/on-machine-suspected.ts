import { machineCloned, packageVoided } from '../../lib/endpoints/events.ts';
import { subscriber } from '../../lib/kit/context.ts';
import type { Envelope } from '../../lib/kit/event.ts';
import { machineKey } from '../../lib/kit/keys.ts';
import * as say from '../../lib/notifications/machine-emails.ts';
import { tellCustomer } from './tell-customer.ts';

const to = 'RECIPIENTS_AND_ADMINISTRATORS';

export const onMachineSuspected = subscriber({
  id: 'on-machine-suspected',
  on: { anyOf: [packageVoided, machineCloned] },
  impact: 'Nobody is mailed that tokens of packages are guessed, or key pairs of machines copied.',
  handle: (envelope) => {
    const { subject, tenant } = envelope;
    if (envelope.type === packageVoided.type)
      return tellCustomer(envelope as Envelope<{ refusals: number }>, {
        ...{ kind: 'ENROLMENT_REFUSED', to, meter: `PACKAGE.${subject}`, alerts: [] },
        say: say.packageVoided,
      });
    return tellCustomer(envelope as Envelope<{ why: 'ANOTHER_HOST' | 'SUPERSEDED' }>, {
      ...{ kind: 'MACHINE_CLONED', to, meter: `MACHINE.${subject}`, alerts: [] },
      beside: machineKey(tenant.id, subject),
      say: (facts, about, _, machine) =>
        say.machineCloned(facts, { ...about, machineName: String(machine?.name ?? subject) }),
    });
  },
});
