import { toNode } from '../../lib/aws/auth.ts';
import { get } from '../../lib/aws/db.ts';
import { react } from '../../lib/aws/react.ts';
import { dropItem } from '../../lib/catalog/drop.ts';
import { itemUnassigned } from '../../lib/catalog/events.ts';
import { listingOf } from '../../lib/catalog/marketplace-store.ts';
import { marketplacesOf } from '../../lib/catalog/people-store.ts';
import { subscriber } from '../../lib/kit/context.ts';
import { nodeKey } from '../../lib/kit/keys.ts';
import { by } from './by.ts';

export const onItemUnassigned = subscriber({
  id: 'on-item-unassigned',
  on: itemUnassigned,
  impact: 'Marketplaces still list items that their customer has no more; nobody can order those.',
  handle: async (envelope) => {
    const customerId = envelope.subject;
    const { itemId } = envelope.data;
    for (const { id, items } of await marketplacesOf(customerId)) {
      if (!items.includes(itemId)) continue;
      await react(envelope, async () => {
        const target = toNode(await get(nodeKey(customerId), true));
        const { marketplace, shelf } = await listingOf(customerId, id, itemId);
        const plan = marketplace && dropItem(marketplace, itemId, shelf);
        return target && plan && { plan, target, actor: by(envelope, 'on-item-unassigned') };
      });
    }
  },
});
