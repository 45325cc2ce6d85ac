import * as z from 'zod';
import { policyNameTaken, tooManyPolicies } from '../../lib/endpoints/console-problems.ts';
import { consoleOf } from '../../lib/endpoints/console-store.ts';
import { policyContent, policyView } from '../../lib/endpoints/policy.ts';
import { addPolicy } from '../../lib/endpoints/policy-change.ts';
import { route } from '../../lib/kit/route.ts';
import { customerTypes } from '../../lib/kit/scope.ts';
import { id } from '../../lib/kit/text.ts';

export const createPolicy = route({
  id: 'createPolicy',
  method: 'POST',
  path: '/v1/customers/{customerId}/policies',
  summary: 'Make a policy',
  description: 'It holds nowhere until a group of machines is given it.',
  permission: 'console.manage',
  target: { param: 'customerId', types: customerTypes },
  params: z.strictObject({ customerId: id('customer') }),
  body: policyContent,
  reply: { status: 201, body: policyView },
  refuses: [tooManyPolicies, policyNameTaken],
  load: ({ target }) => consoleOf(target),
  decide: ({ body, scope, newId, now }, console) =>
    addPolicy(console, body, { id: newId('policy'), by: scope.actor.id, now }),
});
