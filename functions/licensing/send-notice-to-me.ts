import * as z from 'zod';
import { route } from '../../lib/kit/route.ts';
import { customerTypes } from '../../lib/kit/scope.ts';
import { id } from '../../lib/kit/text.ts';
import { newPreview, preview, sendToMe } from '../../lib/licensing/preview.ts';
import { accountOf, providerFor } from '../../lib/licensing/store.ts';

export const sendNoticeToMe = route({
  id: 'sendNoticeToMe',
  method: 'POST',
  path: '/v1/customers/{customerId}/notification-settings/send-to-me',
  summary: 'Have a sample of an allocation notice mailed to yourself',
  permission: 'notifications.manage',
  target: { param: 'customerId', types: customerTypes },
  params: z.strictObject({ customerId: id('customer') }),
  body: newPreview,
  reply: { status: 202, body: preview },
  refuses: [],
  load: async (input) =>
    accountOf({ customerId: input.target, providerId: await providerFor(input) }, input.consistent),
  decide: ({ body, scope, now }, account) =>
    sendToMe({ account, node: scope.target }, body, { personId: scope.actor.id, now }),
});
