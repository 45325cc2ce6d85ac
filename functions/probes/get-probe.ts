import { answer } from '../../lib/kit/plan.ts';
import { route } from '../../lib/kit/route.ts';
import { found } from '../../lib/probes/setup.ts';
import { viewProbe } from '../../lib/probes/view.ts';
import { oneProbe } from './one-probe.ts';

export const getProbe = route({
  ...oneProbe,
  id: 'getProbe',
  method: 'GET',
  path: '/v1/customers/{customerId}/probes/{probeId}',
  summary: 'One probe: how it is set up, and what was heard of it',
  description: 'The ETag is that of how it is set up: it stays the same whatever its agent reports.',
  permission: 'probes.read',
  refuses: [],
  decide: ({ now }, one) => {
    const sight = found(one);
    return answer(viewProbe(sight, now), { version: sight.probe.version });
  },
});
