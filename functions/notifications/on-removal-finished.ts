import { removalFinished } from '../../lib/access/events.ts';
import { forTenant } from '../../lib/aws/vouch.ts';
import { subscriber } from '../../lib/kit/context.ts';
import { removedFrom as say } from '../../lib/notifications/removal-emails.ts';
import { creditRecipients } from '../../lib/notifications/settings.ts';
import { membersOf } from '../../lib/notifications/store.ts';
import { tellPeople } from './tell-people.ts';

export const onRemovalFinished = subscriber({
  id: 'on-removal-finished',
  on: removalFinished,
  impact: 'No administrator of a customer is mailed that its partner has removed it, and what follows.',
  handle: async (envelope) => {
    const { subject: tenantId, data } = envelope;
    await forTenant(tenantId, async () => {
      const recipients = creditRecipients(await membersOf(tenantId));
      if (recipients.length === 0) return;
      await tellPeople(envelope, { tenantId, kind: 'REMOVED', recipients }, { message: say(data) });
    });
  },
});
