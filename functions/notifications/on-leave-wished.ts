import { leaveWished } from '../../lib/access/events.ts';
import { reachingBy } from '../../lib/aws/vouch-rows.ts';
import { subscriber } from '../../lib/kit/context.ts';
import { leaveWished as say } from '../../lib/notifications/import-emails.ts';
import { aboutCustomer, sellersAmong } from '../../lib/notifications/settings.ts';
import { membersOf, noticeAndNode } from '../../lib/notifications/store.ts';
import { tellPeople } from './tell-people.ts';

export const onLeaveWished = subscriber({
  id: 'on-leave-wished',
  on: leaveWished,
  impact: 'No partner is mailed that a customer of it wishes to go to another one.',
  handle: async (envelope) => {
    const { tenant, data, at } = envelope;
    const { node } = await noticeAndNode(tenant.id, '-');
    const line = String(node?.path ?? '').split('/');
    const partnerId = line.at(-2);
    if (!node || !partnerId || line.length < 3) return;
    const tell = async () =>
      tellPeople(
        envelope,
        {
          tenantId: partnerId,
          kind: 'LEAVE_WISHED',
          recipients: sellersAmong(await membersOf(partnerId)),
        },
        { message: say(data, aboutCustomer(node, at)) },
      );
    await reachingBy(node, [partnerId], tell);
  },
});
