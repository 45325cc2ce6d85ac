import * as z from 'zod';
import { newPreview, preview, told } from '../../lib/catalog/census.ts';
import { previewFor } from '../../lib/catalog/census-store.ts';
import { gatheringsOf } from '../../lib/catalog/group-store.ts';
import { dynamicGroupUnknown, rulesTooLong } from '../../lib/catalog/marketplace-problems.ts';
import { mustBeGroups, mustBeShort } from '../../lib/catalog/marketplace-refusals.ts';
import { gathered } from '../../lib/catalog/rules.ts';
import { answer, refuse } from '../../lib/kit/plan.ts';
import { route } from '../../lib/kit/route.ts';
import { customerTypes } from '../../lib/kit/scope.ts';
import { id } from '../../lib/kit/text.ts';

export const previewMarketplace = route({
  id: 'previewMarketplace',
  method: 'POST',
  path: '/v1/customers/{customerId}/marketplace-previews',
  summary: 'How many people a marketplace with these people would have, and the first of them',
  description:
    'Looks at up to 25,000 people, fewer where more than 25 MB is stored of them; `complete` says whether that was everybody. Who came or changed in the last second may be missed.',
  permission: 'marketplaces.manage',
  target: { param: 'customerId', types: customerTypes },
  params: z.strictObject({ customerId: id('customer') }),
  body: newPreview,
  idempotency: 'none',
  reply: { status: 200, body: preview },
  refuses: [dynamicGroupUnknown, rulesTooLong],
  load: async ({ target, scope, body, now }) => {
    const [at, groups] = await Promise.all([scope(), gatheringsOf(target, [body])]);
    const rules = gathered(body, groups);
    return { groups, counted: rules && (await previewFor(at.target, now, rules)) };
  },
  decide: ({ scope, body }, { groups, counted }) => {
    mustBeShort(body);
    mustBeGroups(body.dynamicGroups, groups);
    return answer(told(counted ?? refuse(dynamicGroupUnknown), scope.roles));
  },
});
