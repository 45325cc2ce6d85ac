import { route } from '../../lib/kit/route.ts';
import { newNotification, notificationView } from '../../lib/licensing/notification.ts';
import { saveDefaults } from '../../lib/licensing/settings.ts';
import { defaultsOf } from '../../lib/licensing/store.ts';

export const setNotificationDefaults = route({
  id: 'setNotificationDefaults',
  method: 'PUT',
  path: '/v1/notification-settings',
  summary: 'Set what customers inherit where they set nothing of their own',
  description:
    'Before the first setting the ETag is `"0"`. Customers that inherit changed thresholds are evaluated soon after, in the background.',
  permission: 'notifications.manage',
  target: { home: ['PROVIDER'] },
  body: newNotification,
  dryRun: true,
  ifMatch: true,
  reply: { status: 200, body: notificationView },
  refuses: [],
  load: ({ home }) => defaultsOf(home),
  decide: ({ body, ifMatch, scope }, defaults) =>
    saveDefaults({ providerId: scope.home.id, defaults }, body, ifMatch),
});
