import { toNode } from '../../lib/aws/auth.ts';
import { get } from '../../lib/aws/db.ts';
import { react } from '../../lib/aws/react.ts';
import { rehomed } from '../../lib/catalog/assignment.ts';
import { assignmentsOf, destinationOf, nodeHoldings } from '../../lib/catalog/assignment-store.ts';
import { moveRequested } from '../../lib/customers/events.ts';
import { subscriber } from '../../lib/kit/context.ts';
import type { Envelope } from '../../lib/kit/event.ts';
import { arrived } from '../../lib/kit/holdings.ts';
import { nodeKey } from '../../lib/kit/keys.ts';
import { by } from './by.ts';
import { eachAssigned } from './each-assigned.ts';

/** What a moved customer has is counted by its new parent from now on, some items in each transaction. */
export const onSubtreeMoved = subscriber({
  id: 'on-subtree-moved',
  on: moveRequested,
  impact: 'Resellers that a customer moved away from, or to, cannot take back items of the catalogue.',
  handle: async (envelope) => {
    await eachAssigned(envelope, 'on-subtree-moved', async (page, { target, parentId }) => {
      const ids = page.map(({ id }) => id);
      const above = await assignmentsOf(parentId, ids);
      const left = page.filter(({ id }) => parentId === target.path[1] || above.has(id));
      return { writes: left.flatMap((one) => rehomed(target.id, one, parentId) ?? []) };
    });
    await counted(envelope);
  },
});

/** The new parent may take items away again. */
function counted(envelope: Envelope<{ operationId: string; providerId: string }>): Promise<void> {
  const { operationId, providerId } = envelope.data;
  return react(envelope, async () => {
    const parentId = await destinationOf(providerId, operationId);
    if (!parentId) return undefined;
    const [holdings, item] = await Promise.all([nodeHoldings(parentId), get(nodeKey(parentId), true)]);
    const target = toNode(item);
    const writes = arrived(parentId, holdings, operationId);
    return target && { plan: { writes, reply: {} }, target, actor: by(envelope, 'on-subtree-moved') };
  });
}
