import * as z from 'zod';
import { route } from '../../lib/kit/route.ts';
import { line } from '../../lib/kit/text.ts';
import { clearFlag } from '../../lib/probes/key-pair.ts';
import { approve, reject } from '../../lib/probes/lifecycle.ts';
import { wrongProbeState } from '../../lib/probes/problems.ts';
import type { Pulse } from '../../lib/probes/pulse.ts';
import { found } from '../../lib/probes/setup.ts';
import { inService } from '../../lib/probes/step.ts';
import { oneProbe, seenAfter } from './one-probe.ts';
import { rhythm } from './rhythm.ts';

const decision = z.strictObject({
  decision: z
    .enum(['APPROVE', 'REJECT'])
    .describe('APPROVE: its agent is let in. REJECT: its key pair is out'),
  reason: line(200).optional(),
});

export const approveProbe = route({
  ...oneProbe,
  id: 'approveProbe',
  method: 'POST',
  path: '/v1/customers/{customerId}/probes/{probeId}/approval',
  summary: 'Let the agent of a probe in that waits for approval, or turn it away',
  description:
    'APPROVE on a probe that is let in and flagged as copied (`clonedAt`) takes the flag back: its agent is known to be the right one.',
  permission: 'probes.approve',
  body: decision,
  refuses: [wrongProbeState],
  load: async (input) => ({ one: await oneProbe.load(input), ...rhythm() }),
  decide: ({ scope, body, now }, { one, silenceSeconds }) => {
    const sight = found(one);
    const { decision, reason } = body;
    const step =
      decision === 'REJECT'
        ? reject(sight.pulse, reason)
        : letOn(sight.pulse, { personId: scope.actor.id, reason, now, silenceSeconds });
    return seenAfter(sight, step, now);
  },
});

const letOn = (pulse: Pulse, by: Parameters<typeof approve>[1]) =>
  inService(pulse.state) && pulse.clonedAt !== undefined ? clearFlag(pulse, by.reason) : approve(pulse, by);
