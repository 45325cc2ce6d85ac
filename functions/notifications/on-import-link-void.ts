import { importLinkVoid } from '../../lib/access/events.ts';
import { subscriber } from '../../lib/kit/context.ts';
import { importLinkVoid as say } from '../../lib/notifications/import-emails.ts';
import { tellCustomer } from './tell-customer.ts';

export const onImportLinkVoid = subscriber({
  id: 'on-import-link-void',
  on: importLinkVoid,
  impact: 'Nobody is mailed that somebody else tried to answer a partner in a customer’s place.',
  handle: (envelope) =>
    tellCustomer(envelope, {
      kind: 'IMPORT_LINK_VOID',
      to: 'ADMINISTRATORS',
      meter: 'IMPORTS',
      alerts: [],
      say,
    }),
});
