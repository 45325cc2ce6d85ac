import * as z from 'zod';
import { flag, route } from '../../lib/kit/route.ts';
import { probeStillUp, wrongProbeState } from '../../lib/probes/problems.ts';
import { found, retireProbe as retire } from '../../lib/probes/setup.ts';
import { viewProbe } from '../../lib/probes/view.ts';
import { oneProbe } from './one-probe.ts';

export const retireProbe = route({
  ...oneProbe,
  id: 'retireProbe',
  method: 'DELETE',
  path: '/v1/customers/{customerId}/probes/{probeId}',
  summary: 'Retire a probe: its agent is out for good, its name free, and its items are deleted',
  description:
    'A probe that is UP is retired with `force=true` alone. Its items are deleted and their licences freed in the background: `Location` says how far that is. The probe itself stays listed as RETIRED.',
  permission: 'probes.manage',
  query: z.strictObject({ force: flag.default(false) }),
  ifMatch: true,
  dryRun: true,
  reply: { status: 202, body: oneProbe.reply.body },
  refuses: [probeStillUp, wrongProbeState],
  decide: ({ query, newId, ifMatch, now }, one) => {
    const command = { operationId: newId('operation'), force: query.force, ifMatch, now };
    const { plan, sight } = retire(found(one), command);
    const { customerId, version } = sight.probe;
    const location = `/v1/customers/${customerId}/probe-operations/${command.operationId}`;
    return { ...plan, reply: { body: viewProbe(sight, now), version, location } };
  },
});
