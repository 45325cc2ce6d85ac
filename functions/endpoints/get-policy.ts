import * as z from 'zod';
import { policyAt } from '../../lib/endpoints/console-store.ts';
import { policyView } from '../../lib/endpoints/policy.ts';
import { answer, refuse } from '../../lib/kit/plan.ts';
import { notFound } from '../../lib/kit/problem.ts';
import { route } from '../../lib/kit/route.ts';
import { onePolicy } from './one-policy.ts';

export const getPolicy = route({
  ...onePolicy,
  id: 'getPolicy',
  method: 'GET',
  summary: 'A policy as it is in force, or as one of its versions had it',
  permission: 'console.read',
  query: z.strictObject({
    version: z.coerce
      .number<string>()
      .int()
      .min(1)
      .max(99_999)
      .optional()
      .describe('One of its last 50 versions; the one in force where absent'),
  }),
  reply: { status: 200, body: policyView },
  refuses: [],
  load: ({ target, params, query }) => policyAt(target, params.policyId, query.version),
  decide: ({ query }, { head, older }) => {
    const policy = head ?? refuse(notFound);
    const shown = query.version === undefined ? policy : { ...policy, ...(older ?? refuse(notFound)) };
    return answer(shown, { version: shown.version });
  },
});
