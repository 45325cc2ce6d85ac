import * as z from 'zod';
import { secret } from '../../lib/aws/world.ts';
import { probeCountsKey } from '../../lib/kit/keys.ts';
import { route } from '../../lib/kit/route.ts';
import { customerTypes } from '../../lib/kit/scope.ts';
import { id } from '../../lib/kit/text.ts';
import { newProbe } from '../../lib/probes/probe.ts';
import { probeNameTaken, tooManyProbes } from '../../lib/probes/problems.ts';
import { addProbe } from '../../lib/probes/setup.ts';
import { shownOnce, viewProbe, withKey } from '../../lib/probes/view.ts';

export const createProbe = route({
  id: 'createProbe',
  method: 'POST',
  path: '/v1/customers/{customerId}/probes',
  summary: 'Add a probe to a customer; answers the key that its agent enrols with',
  description:
    'The enrolment key is shown once, valid for 24 hours and for one enrolment: only its hash is kept, so the same request sent again is answered without it.',
  permission: 'probes.manage',
  undelegated: true,
  target: { param: 'customerId', types: customerTypes },
  params: z.strictObject({ customerId: id('customer') }),
  body: newProbe,
  dryRun: true,
  reply: { status: 201, body: withKey },
  refuses: [probeNameTaken, tooManyProbes],
  alongside: ({ target }) => [probeCountsKey(target)],
  load: async ({ alongside }) => {
    const [counts] = await alongside();
    return { exists: counts !== undefined, random: secret(32) };
  },
  decide: ({ scope, query, body, newId, now }, { exists, random }) => {
    const { dryRun = false } = query as { dryRun?: boolean };
    const made = { id: newId('probe'), secret: random, now, exists };
    const { sight, key, ...plan } = addProbe(scope.target, body, made);
    return {
      ...plan,
      reply: {
        ...shownOnce(viewProbe(sight, now), dryRun ? null : key),
        version: sight.probe.version,
        location: `/v1/customers/${scope.target.id}/probes/${sight.probe.id}`,
      },
    };
  },
});
