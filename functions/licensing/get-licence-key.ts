import * as z from 'zod';
import { answer, refuse } from '../../lib/kit/plan.ts';
import { notFound } from '../../lib/kit/problem.ts';
import { route } from '../../lib/kit/route.ts';
import { id } from '../../lib/kit/text.ts';
import { licenceKeyListed, viewLicenceKey } from '../../lib/licensing/licence-key.ts';
import { licenceKeyOf } from '../../lib/licensing/product-store.ts';

export const getLicenceKey = route({
  id: 'getLicenceKey',
  method: 'GET',
  path: '/v1/licence-keys/{licenceKeyId}',
  summary: 'The state of a licence key, never the key itself',
  permission: 'products.read',
  target: { home: ['PROVIDER'] },
  params: z.strictObject({ licenceKeyId: id('licenceKey') }),
  reply: { status: 200, body: licenceKeyListed },
  refuses: [],
  load: ({ home, params }) => licenceKeyOf(home, params.licenceKeyId),
  decide: ({ now }, found) => {
    const one = found ?? refuse(notFound);
    return answer(viewLicenceKey(one, now), { version: one.version });
  },
});
