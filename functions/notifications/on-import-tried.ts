import { importTried } from '../../lib/access/events.ts';
import { subscriber } from '../../lib/kit/context.ts';
import { importTried as say } from '../../lib/notifications/import-emails.ts';
import { tellCustomer } from './tell-customer.ts';

export const onImportTried = subscriber({
  id: 'on-import-tried',
  on: importTried,
  impact: 'Nobody is mailed that somebody else tried a link by which a partner is let in.',
  handle: (envelope) =>
    tellCustomer(envelope, {
      kind: 'IMPORT_TRIED',
      to: 'ADMINISTRATORS',
      meter: 'IMPORTS',
      alerts: [],
      say,
    }),
});
