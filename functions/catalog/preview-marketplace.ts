import * as z from 'zod';
import { newPreview, preview } from '../../lib/catalog/census.ts';
import { previewFor } from '../../lib/catalog/people-store.ts';
import { answer } from '../../lib/kit/plan.ts';
import { route } from '../../lib/kit/route.ts';
import { customerTypes } from '../../lib/kit/scope.ts';
import { id } from '../../lib/kit/text.ts';

export const previewMarketplace = route({
  id: 'previewMarketplace',
  method: 'POST',
  path: '/v1/customers/{customerId}/marketplace-previews',
  summary: 'How many people a marketplace with these people would have, and the first of them',
  description: 'Looks at up to 25,000 people; `complete` says whether that was everybody.',
  permission: 'marketplaces.read',
  target: { param: 'customerId', types: customerTypes },
  params: z.strictObject({ customerId: id('customer') }),
  body: newPreview,
  idempotency: 'none',
  reply: { status: 200, body: preview },
  refuses: [],
  load: async ({ scope, body, now }) => previewFor((await scope()).target, now, body),
  decide: (_, found) => answer(found),
});
