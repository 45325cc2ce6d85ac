import { customerReleased } from '../../lib/access/events.ts';
import { subscriber } from '../../lib/kit/context.ts';
import { released as say } from '../../lib/notifications/removal-emails.ts';
import { sellersAmong } from '../../lib/notifications/settings.ts';
import { addressOf, membersOf } from '../../lib/notifications/store.ts';
import { tellPeople } from './tell-people.ts';

export const onCustomerReleased = subscriber({
  id: 'on-customer-released',
  on: customerReleased,
  impact: 'Nobody at a partner is mailed that a removal is done and has its report.',
  handle: async (envelope) => {
    const { tenant, data, subject } = envelope;
    const { personId } = data;
    const recipients =
      personId === null
        ? sellersAmong(await membersOf(tenant.id))
        : [await addressOf(tenant.id, personId)].filter((one) => one !== undefined);
    if (recipients.length === 0) return;
    const to = { tenantId: tenant.id, kind: 'REMOVED', recipients } as const;
    const message = say({ ...data, removalId: subject, byOthers: personId === null });
    await tellPeople(envelope, to, { message });
  },
});
