import { route } from '../../lib/kit/route.ts';
import { probeChange } from '../../lib/probes/probe.ts';
import { probeNameTaken, wrongProbeState } from '../../lib/probes/problems.ts';
import { changeProbe as change, found } from '../../lib/probes/setup.ts';
import { viewProbe } from '../../lib/probes/view.ts';
import { oneProbe } from './one-probe.ts';

export const changeProbe = route({
  ...oneProbe,
  id: 'changeProbe',
  method: 'PATCH',
  path: '/v1/customers/{customerId}/probes/{probeId}',
  summary: 'Change how a probe is set up; its agent fetches that after its next heartbeat',
  permission: 'probes.manage',
  body: probeChange,
  ifMatch: true,
  refuses: [probeNameTaken, wrongProbeState],
  decide: ({ body, ifMatch, now }, one) => {
    const { plan, sight } = change(found(one), body, { now, ifMatch });
    return { ...plan, reply: { body: viewProbe(sight, now), version: sight.probe.version } };
  },
});
