import * as z from 'zod';
import { secret } from '../../lib/aws/world.ts';
import { groupUnknown, packageProductUnknown } from '../../lib/endpoints/console-problems.ts';
import { groundOfPackage } from '../../lib/endpoints/console-store.ts';
import { makePackage, newPackage, packageShown } from '../../lib/endpoints/package.ts';
import { route } from '../../lib/kit/route.ts';
import { customerTypes } from '../../lib/kit/scope.ts';
import { id } from '../../lib/kit/text.ts';

export const createPackage = route({
  id: 'createPackage',
  method: 'POST',
  path: '/v1/customers/{customerId}/packages',
  summary: 'Make an installation package with the token that machines enrol with',
  description:
    'The token is shown once: only its hash is kept, and the same request sent again is answered without it. Each machine that enrols with it comes into the group and takes a seat of the product.',
  permission: 'console.manage',
  target: { param: 'customerId', types: customerTypes },
  params: z.strictObject({ customerId: id('customer') }),
  body: newPackage,
  reply: { status: 201, body: packageShown },
  refuses: [groupUnknown, packageProductUnknown],
  load: async ({ target, body, scope }) => ({
    found: await groundOfPackage({ customerId: target, ...body }, scope),
    random: secret(32),
  }),
  decide: ({ body, scope, params, newId, now }, { found, random }) =>
    makePackage(body, found, {
      ...{ customerId: params.customerId, id: newId('installationPackage'), now },
      ...{ secret: random, by: scope.actor },
    }),
});
