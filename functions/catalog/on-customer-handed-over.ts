import { rehomed, returned } from '../../lib/catalog/assignment.ts';
import { assignmentsOf } from '../../lib/catalog/assignment-store.ts';
import { itemUnassigned } from '../../lib/catalog/events.ts';
import { customerLinked, customerUnlinked } from '../../lib/customers/events.ts';
import { subscriber } from '../../lib/kit/context.ts';
import { announce } from '../../lib/kit/event.ts';
import { prefixes } from '../../lib/kit/id.ts';
import { eachAssigned } from './each-assigned.ts';

/**
 * What a customer has of a catalogue is counted where it stands now: by nobody while no partner looks after it. Below a
 * reseller it keeps what that one has too.
 */
export const onCustomerHandedOver = subscriber({
  id: 'on-customer-handed-over',
  on: { anyOf: [customerUnlinked, customerLinked] },
  impact: 'Resellers that a customer has left cannot take back items of the catalogue.',
  handle: (envelope) =>
    eachAssigned(envelope, 'on-customer-handed-over', async (page, { target: { id }, parentId }) => {
      const ids = page.map((one) => one.id);
      const above = parentId.startsWith(prefixes.customer) ? await assignmentsOf(parentId, ids) : undefined;
      const lost = page.filter((one) => above && !above.has(one.id));
      const writes = page.flatMap((one) =>
        lost.includes(one) ? returned(id, one, undefined) : (rehomed(id, one, parentId) ?? []),
      );
      return lost.length === 0 ? { writes } : { writes, ...toldOf(id, lost) };
    }),
});

const toldOf = (customerId: string, lost: readonly { readonly id: string }[]) => ({
  receipt: {
    action: 'catalogue.hand_over',
    subject: customerId,
    before: { items: lost.map(({ id }) => id) },
  },
  announcements: lost.map(({ id: itemId }) => announce(itemUnassigned, customerId, { itemId })),
});
