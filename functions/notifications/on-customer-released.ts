import { customerReleased } from '../../lib/access/events.ts';
import { subscriber } from '../../lib/kit/context.ts';
import { released as say } from '../../lib/notifications/removal-emails.ts';
import { addressOf } from '../../lib/notifications/store.ts';
import { tellPeople } from './tell-people.ts';

export const onCustomerReleased = subscriber({
  id: 'on-customer-released',
  on: customerReleased,
  impact: 'Nobody at a partner is mailed that a removal is done and has its report.',
  handle: async (envelope) => {
    const { tenant, data, subject } = envelope;
    const address = await addressOf(tenant.id, data.personId);
    if (!address) return;
    const to = { tenantId: tenant.id, kind: 'REMOVED', recipients: [address] } as const;
    await tellPeople(envelope, to, { message: say({ ...data, removalId: subject }) });
  },
});
