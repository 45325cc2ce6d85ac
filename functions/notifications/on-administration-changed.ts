import { get } from '../../lib/aws/db.ts';
import { subscriber } from '../../lib/kit/context.ts';
import { administrationChanged } from '../../lib/kit/delegation-events.ts';
import { administrationNoteKey } from '../../lib/kit/own-people.ts';
import { administrationChanged as say } from '../../lib/notifications/access-emails.ts';
import { aboutCustomer, creditRecipients } from '../../lib/notifications/settings.ts';
import { membersOf, noticeAndNode } from '../../lib/notifications/store.ts';
import { tellPeople } from './tell-people.ts';

export const onAdministrationChanged = subscriber({
  id: 'on-administration-changed',
  on: administrationChanged,
  impact: 'The administrators of a customer are not mailed that its partner changed who administers it.',
  handle: async (envelope) => {
    const { tenant, data, at, actor } = envelope;
    const [{ node }, home, note, members] = await Promise.all([
      noticeAndNode(tenant.id, '-'),
      noticeAndNode(actor.home, '-'),
      get(administrationNoteKey(tenant.id, data.noteId), true),
      membersOf(tenant.id),
    ]);
    if (!node) return;
    const noted = (note?.addresses ?? []) as readonly string[];
    const who = { change: data.change, addresses: noted, homeName: String(home.node?.name ?? '') };
    await tellPeople(
      envelope,
      {
        tenantId: tenant.id,
        kind: 'ADMINISTRATION_CHANGED',
        recipients: [...noted, ...creditRecipients(members)],
      },
      { message: say(who, aboutCustomer(node, at)) },
    );
  },
});
