import { answer } from '../../lib/kit/plan.ts';
import { route } from '../../lib/kit/route.ts';
import { newCommand, order, orderAgain, waiting } from '../../lib/probes/commands.ts';
import { wrongProbeState } from '../../lib/probes/problems.ts';
import { command } from '../../lib/probes/pulse.ts';
import { found } from '../../lib/probes/setup.ts';
import { planOf } from '../../lib/probes/step.ts';
import { oneProbe } from './one-probe.ts';

export const orderCommand = route({
  ...oneProbe,
  id: 'orderCommand',
  method: 'POST',
  path: '/v1/customers/{customerId}/probes/{probeId}/commands',
  summary: 'Have a probe’s agent told to do something with its next heartbeat',
  description:
    'Where a command of the kind waits already, that one is answered (200) and nothing is added. RESYNC also lets go of an inventory report that is half applied: its agent may have lost it.',
  permission: 'probes.manage',
  body: newCommand,
  reply: { status: 201, body: command },
  refuses: [wrongProbeState],
  decide: ({ body, newId, now }, one) => {
    const { pulse } = found(one);
    const already = waiting(pulse, body.kind);
    if (already) {
      const again = orderAgain(pulse, already);
      return again ? planOf(again, { body: already, status: 200 }) : answer(already, { status: 200 });
    }
    const told = { id: newId('command'), kind: body.kind, at: now };
    return planOf(order(pulse, told), { body: told });
  },
});
