import * as z from 'zod';
import { answer } from '../../lib/kit/plan.ts';
import { route } from '../../lib/kit/route.ts';
import { customerTypes } from '../../lib/kit/scope.ts';
import { id } from '../../lib/kit/text.ts';
import { newPreview, preview, previewNotice as render } from '../../lib/licensing/preview.ts';
import { accountOf, providerFor } from '../../lib/licensing/store.ts';

export const previewNotice = route({
  id: 'previewNotice',
  method: 'POST',
  path: '/v1/customers/{customerId}/notification-settings/preview',
  summary: 'Subject and message of an allocation notice as they would be mailed',
  permission: 'notifications.read',
  target: { param: 'customerId', types: customerTypes },
  params: z.strictObject({ customerId: id('customer') }),
  body: newPreview,
  idempotency: 'none',
  reply: { status: 200, body: preview },
  refuses: [],
  load: async (input) =>
    accountOf({ customerId: input.target, providerId: await providerFor(input) }, input.consistent),
  decide: ({ body, scope, now }, account) => answer(render({ account, node: scope.target }, body, now)),
});
