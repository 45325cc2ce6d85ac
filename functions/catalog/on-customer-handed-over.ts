import { toNode } from '../../lib/aws/auth.ts';
import { get } from '../../lib/aws/db.ts';
import { react } from '../../lib/aws/react.ts';
import { rehomed, returned } from '../../lib/catalog/assignment.ts';
import { assignedPage, assignmentsOf } from '../../lib/catalog/assignment-store.ts';
import { itemUnassigned } from '../../lib/catalog/events.ts';
import { customerLinked, customerUnlinked } from '../../lib/customers/events.ts';
import { subscriber } from '../../lib/kit/context.ts';
import { announce } from '../../lib/kit/event.ts';
import { prefixes } from '../../lib/kit/id.ts';
import { nodeKey } from '../../lib/kit/keys.ts';
import { by } from './by.ts';

const atOnce = 25;

/**
 * What a customer has of a catalogue is counted where it stands now: by nobody while no partner looks after it. Below a
 * reseller it keeps what that one has too.
 */
export const onCustomerHandedOver = subscriber({
  id: 'on-customer-handed-over',
  on: { anyOf: [customerUnlinked, customerLinked] },
  impact: 'Resellers that a customer has left cannot take back items of the catalogue.',
  handle: async (envelope) => {
    const customerId = envelope.subject;
    let after: string | undefined;
    do {
      const from = after;
      let next: string | null = null;
      await react(envelope, async () => {
        const [item, read] = await Promise.all([
          get(nodeKey(customerId), true),
          assignedPage(customerId, atOnce, from),
        ]);
        next = read.next;
        const target = toNode(item);
        if (!target) return undefined;
        const parentId = String(item?.parentId);
        const sold = parentId.startsWith(prefixes.customer);
        const ids = read.assignments.map(({ id }) => id);
        const above = sold ? await assignmentsOf(parentId, ids) : undefined;
        const lost = read.assignments.filter(({ id }) => above && !above.has(id));
        const writes = read.assignments.flatMap((one) =>
          lost.includes(one)
            ? returned(customerId, one, undefined)
            : (rehomed(customerId, one, parentId) ?? []),
        );
        const plan = { writes, reply: {} };
        return {
          plan: lost.length === 0 ? plan : { ...plan, ...toldOf(customerId, lost) },
          target,
          actor: by(envelope, 'on-customer-handed-over'),
        };
      });
      after = next ?? undefined;
    } while (after);
  },
});

const toldOf = (customerId: string, lost: readonly { readonly id: string }[]) => ({
  receipt: {
    action: 'catalogue.hand_over',
    subject: customerId,
    before: { items: lost.map(({ id }) => id) },
  },
  announcements: lost.map(({ id: itemId }) => announce(itemUnassigned, customerId, { itemId })),
});
