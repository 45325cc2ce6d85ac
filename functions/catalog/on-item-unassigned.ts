import { toNode } from '../../lib/aws/auth.ts';
import { get } from '../../lib/aws/db.ts';
import { react } from '../../lib/aws/react.ts';
import { dropItem, isAlone } from '../../lib/catalog/drop.ts';
import { itemUnassigned } from '../../lib/catalog/events.ts';
import { listingOf } from '../../lib/catalog/marketplace-store.ts';
import { marketplacesOf } from '../../lib/catalog/rules-store.ts';
import { isUnderway } from '../../lib/catalog/work-store.ts';
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
        const listing = await listingOf(customerId, id, itemId);
        // Read last: work that ends, or begins, meanwhile has changed the item or the list.
        if (listing.shelf && isAlone(listing, itemId) && (await isUnderway(customerId, id)))
          throw new Error(`Marketplace ${id} is still being brought to its items`);
        const plan = dropItem(listing, itemId);
        return target && plan && { plan, target, actor: by(envelope, 'on-item-unassigned') };
      });
    }
  },
});
