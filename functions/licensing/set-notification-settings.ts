import * as z from 'zod';
import { route } from '../../lib/kit/route.ts';
import { customerTypes } from '../../lib/kit/scope.ts';
import { id } from '../../lib/kit/text.ts';
import { newNotification, notificationView } from '../../lib/licensing/notification.ts';
import { notAllocated } from '../../lib/licensing/problems.ts';
import { saveSettings } from '../../lib/licensing/settings.ts';
import { accountOf, providerFor } from '../../lib/licensing/store.ts';

export const setNotificationSettings = route({
  id: 'setNotificationSettings',
  method: 'PUT',
  path: '/v1/customers/{customerId}/notification-settings',
  summary: 'Set what is told about a customer’s allocations, to whom and in which words',
  description:
    'What is absent or null is inherited from the provider. Before the first setting the ETag is `"0"`. A threshold that is already crossed when it is saved is told once.',
  permission: 'notifications.manage',
  target: { param: 'customerId', types: customerTypes },
  params: z.strictObject({ customerId: id('customer') }),
  body: newNotification,
  dryRun: true,
  ifMatch: true,
  reply: { status: 200, body: notificationView },
  refuses: [notAllocated],
  load: async (input) => accountOf({ customerId: input.target, providerId: await providerFor(input) }, true),
  decide: ({ scope, body, ifMatch, now }, account) =>
    saveSettings({ ...account, customer: scope.target }, body, { now, ifMatch }),
});
