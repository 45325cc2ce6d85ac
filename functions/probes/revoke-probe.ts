import * as z from 'zod';
import { route } from '../../lib/kit/route.ts';
import { line } from '../../lib/kit/text.ts';
import { revoke } from '../../lib/probes/lifecycle.ts';
import { wrongProbeState } from '../../lib/probes/problems.ts';
import { found } from '../../lib/probes/setup.ts';
import { oneProbe, seenAfter } from './one-probe.ts';

export const revokeProbe = route({
  ...oneProbe,
  id: 'revokeProbe',
  method: 'POST',
  path: '/v1/customers/{customerId}/probes/{probeId}/revocation',
  summary: 'End the key pairs and the enrolment key of a probe: its agent is out at its next call',
  description: 'Its items stay. A new enrolment key lets it in again.',
  permission: 'probes.manage',
  body: z.strictObject({ reason: line(200).optional() }),
  refuses: [wrongProbeState],
  decide: ({ body, now }, one) => {
    const sight = found(one);
    return seenAfter(sight, revoke(sight.pulse, body.reason), now);
  },
});
