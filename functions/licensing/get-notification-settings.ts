import * as z from 'zod';
import { answer } from '../../lib/kit/plan.ts';
import { route } from '../../lib/kit/route.ts';
import { customerTypes } from '../../lib/kit/scope.ts';
import { id } from '../../lib/kit/text.ts';
import { notificationView, viewNotification } from '../../lib/licensing/notification.ts';
import { providerFor, settingsOf } from '../../lib/licensing/store.ts';

export const getNotificationSettings = route({
  id: 'getNotificationSettings',
  method: 'GET',
  path: '/v1/customers/{customerId}/notification-settings',
  summary: 'What is told about a customer’s allocations, to whom and in which words',
  permission: 'notifications.read',
  target: { param: 'customerId', types: customerTypes },
  params: z.strictObject({ customerId: id('customer') }),
  reply: { status: 200, body: notificationView },
  refuses: [],
  load: async (input) => settingsOf(input.target, await providerFor(input)),
  decide: (_, layers) => answer(viewNotification(layers), { version: layers.own.version }),
});
