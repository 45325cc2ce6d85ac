import { toNode } from '../../lib/aws/auth.ts';
import { get } from '../../lib/aws/db.ts';
import { react } from '../../lib/aws/react.ts';
import { returned } from '../../lib/catalog/assignment.ts';
import { assignedPage } from '../../lib/catalog/assignment-store.ts';
import { customerDeleted } from '../../lib/customers/events.ts';
import { subscriber } from '../../lib/kit/context.ts';
import { nodeKey } from '../../lib/kit/keys.ts';
import { by } from './by.ts';

const atOnce = 40;

/** What a deleted customer had of the catalogue goes back to its reseller, some items in each transaction. */
export const onCustomerGone = subscriber({
  id: 'on-customer-gone',
  on: customerDeleted,
  impact: 'A reseller whose customer was deleted cannot take back what that customer had of the catalogue.',
  handle: async (envelope) => {
    const customerId = envelope.subject;
    for (let more = true; more; ) {
      await react(envelope, async () => {
        const [parent, { assignments }] = await Promise.all([
          get(nodeKey(envelope.data.parentId), true),
          assignedPage(customerId, atOnce, undefined),
        ]);
        more = assignments.length === atOnce;
        const target = toNode(parent);
        if (!target) return undefined;
        const writes = assignments.flatMap((one) => returned(customerId, one));
        return { plan: { writes, reply: {} }, target, actor: by(envelope, 'on-customer-gone') };
      });
    }
  },
});
