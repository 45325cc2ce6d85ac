import { importAnswered } from '../../lib/access/events.ts';
import { askerOf } from '../../lib/access/invitation-store.ts';
import { subscriber } from '../../lib/kit/context.ts';
import { importAnswered as say } from '../../lib/notifications/import-emails.ts';
import { tellPeople } from './tell-people.ts';

export const onImportAnswered = subscriber({
  id: 'on-import-answered',
  on: importAnswered,
  impact: 'No partner is mailed that an account that it asked for has confirmed or declined.',
  handle: async (envelope) => {
    const { tenant, data } = envelope;
    const { one, address } = await askerOf(tenant.id, data.importId);
    if (!one || !address) return;
    await tellPeople(
      envelope,
      { tenantId: tenant.id, kind: 'IMPORT_ANSWERED', recipients: [address] },
      { message: say({ state: data.state, email: one.email, reason: one.reason }) },
    );
  },
});
