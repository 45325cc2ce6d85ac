import { importConfirmed } from '../../lib/access/events.ts';
import { subscriber } from '../../lib/kit/context.ts';
import { nodeKey } from '../../lib/kit/keys.ts';
import { importConfirmed as say } from '../../lib/notifications/import-emails.ts';
import { tellCustomer } from './tell-customer.ts';

export const onImportConfirmed = subscriber({
  id: 'on-import-confirmed',
  on: importConfirmed,
  impact: 'The administrators of a customer are not mailed that one of them let a partner in.',
  handle: (envelope) =>
    tellCustomer(envelope, {
      kind: 'IMPORT_CONFIRMED',
      to: 'ADMINISTRATORS',
      meter: 'IMPORTS',
      alerts: [],
      beside: nodeKey(envelope.data.partnerId),
      say: ({ above }, about, _, partner) => say(String(partner?.name ?? 'A partner'), above, about),
    }),
});
