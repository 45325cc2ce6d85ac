import { secret } from '../../lib/aws/world.ts';
import { route } from '../../lib/kit/route.ts';
import { enrolmentHash, enrolmentKey, enrolmentUntil } from '../../lib/probes/enrolment.ts';
import { issueKey } from '../../lib/probes/key-pair.ts';
import { wrongProbeState } from '../../lib/probes/problems.ts';
import { found } from '../../lib/probes/setup.ts';
import { planOf } from '../../lib/probes/step.ts';
import { shownOnce, viewProbe, withKey } from '../../lib/probes/view.ts';
import { oneProbe } from './one-probe.ts';

export const issueEnrolmentKey = route({
  ...oneProbe,
  id: 'issueEnrolmentKey',
  method: 'POST',
  path: '/v1/customers/{customerId}/probes/{probeId}/enrolment-key',
  summary: 'Have a new enrolment key made; the one before can no longer be redeemed',
  description:
    'For a probe that has no working agent (CREATED, DOWN, REVOKED) or whose key pair was copied. When it is redeemed, the key pair that the probe has now ends. Shown once, valid for 24 hours and for one enrolment: the same request sent again is answered without it.',
  permission: 'probes.manage',
  undelegated: true,
  reply: { status: 201, body: withKey },
  refuses: [wrongProbeState],
  load: async (input) => ({ one: await oneProbe.load(input), random: secret(32) }),
  decide: ({ now }, { one, random }) => {
    const { probe, pulse } = found(one);
    const key = enrolmentKey(probe.customerId, probe.id, random);
    const step = issueKey(pulse, { hash: enrolmentHash(key), until: enrolmentUntil(now) });
    const view = viewProbe({ probe, pulse: step.after }, now);
    return planOf(step, { ...shownOnce(view, key), version: probe.version });
  },
});
