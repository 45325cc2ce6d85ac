import * as z from 'zod';
import { expectVersion, refuse } from '../../lib/kit/plan.ts';
import { notFound } from '../../lib/kit/problem.ts';
import { route } from '../../lib/kit/route.ts';
import { id } from '../../lib/kit/text.ts';
import { revokeKey } from '../../lib/licensing/licence-key.ts';
import { keyUsed } from '../../lib/licensing/problems.ts';
import { licenceKeyOf } from '../../lib/licensing/product-store.ts';

export const revokeLicenceKey = route({
  id: 'revokeLicenceKey',
  method: 'DELETE',
  path: '/v1/licence-keys/{licenceKeyId}',
  summary: 'Take back a licence key that nobody has redeemed',
  permission: 'products.manage',
  target: { home: ['PROVIDER'] },
  params: z.strictObject({ licenceKeyId: id('licenceKey') }),
  ifMatch: true,
  reply: { status: 204 },
  refuses: [keyUsed],
  load: ({ home, params }) => licenceKeyOf(home, params.licenceKeyId),
  decide: ({ scope, ifMatch }, found) => {
    const key = found ?? refuse(notFound);
    expectVersion(ifMatch, key.version);
    return revokeKey(scope.home.id, key);
  },
});
