import { react } from '../../lib/aws/react.ts';
import { returned } from '../../lib/catalog/assignment.ts';
import { givenPage } from '../../lib/catalog/assignment-store.ts';
import { customerDeleted } from '../../lib/customers/events.ts';
import { subscriber } from '../../lib/kit/context.ts';
import { by } from './by.ts';

const atOnce = 40;

/** What a deleted customer had of the catalogue goes back to its reseller, some items in each transaction. */
export const onCustomerDeletedReturn = subscriber({
  id: 'on-customer-deleted-return',
  on: customerDeleted,
  impact: 'A reseller whose customer was deleted cannot take back what that customer had of the catalogue.',
  handle: async (envelope) => {
    const { subject: id, tenant } = envelope;
    const target = { id, type: 'CUSTOMER' as const, path: tenant.path, name: '', version: 0, item: {} };
    for (let more = true; more; ) {
      await react(envelope, async () => {
        const { given, next } = await givenPage(id, atOnce);
        more = next !== null;
        const writes = given.flatMap(({ one, giver }) => returned(id, one, giver));
        return { plan: { writes, reply: {} }, target, actor: by(envelope, 'on-customer-deleted-return') };
      });
    }
  },
});
