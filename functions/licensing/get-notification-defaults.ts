import { answer } from '../../lib/kit/plan.ts';
import { route } from '../../lib/kit/route.ts';
import { notificationView } from '../../lib/licensing/notification.ts';
import { viewDefaults } from '../../lib/licensing/settings.ts';
import { defaultsOf } from '../../lib/licensing/store.ts';

export const getNotificationDefaults = route({
  id: 'getNotificationDefaults',
  method: 'GET',
  path: '/v1/notification-settings',
  summary: 'What customers inherit where they set nothing of their own',
  permission: 'notifications.read',
  target: { home: ['PROVIDER'] },
  reply: { status: 200, body: notificationView },
  refuses: [],
  load: ({ home }) => defaultsOf(home),
  decide: (_, defaults) => answer(viewDefaults(defaults), { version: defaults.version }),
});
