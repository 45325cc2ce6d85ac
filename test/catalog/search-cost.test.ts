import { beforeAll, expect, it } from 'vitest';
import { newId } from '../../lib/aws/world.ts';
import { drafted } from '../../lib/catalog/author.ts';
import { newContent } from '../../lib/catalog/content.ts';
import { createdHead, toItem } from '../../lib/catalog/item.ts';
import { pricingOf } from '../../lib/catalog/price.ts';
import type { Item } from '../../lib/kit/plan.ts';
import { plant } from '../every/planting.ts';
import { listen, measure } from '../kit/cost.ts';
import { type Caller, call, makeMsp } from '../kit/world.ts';
import { items } from './desk.ts';

beforeAll(() => listen());

const number = (index: number) => String(index + 1).padStart(5, '0');

/** Published services, all in one category, and as many drafts. */
function catalogue(providerId: string, count: number): Item[] {
  const by = { providerId, by: 'somebody', now: '2026-01-01T00:00:00.000Z', pricing: pricingOf(undefined) };
  return Array.from({ length: count }, (_, index) => {
    const command = newContent.parse({ name: `Item ${number(index)}`, category: 'Mail', summary: 'S' });
    const { item, newest } = drafted(command, {
      ...by,
      id: newId('catalogItem', Date.now()),
      supplied: false,
    });
    const shown = { ...newest.content, type: 'SERVICE', revision: 1, publishedAt: by.now, parts: [] };
    const head = index % 2 === 0 ? item : toItem({ ...item, state: 'PUBLISHED', published: shown });
    return createdHead(providerId, head);
  })
    .flat()
    .flatMap((write) => (write.do === 'create' ? [write.item] : []));
}

it('a page of a search costs the same at 200 and at 5,000 items, whatever is asked', async () => {
  const [small, large] = [await makeMsp(), await makeMsp()];
  await plant(catalogue(small.id, 200));
  await plant(catalogue(large.id, 5000));
  for (const query of [
    '',
    '?q=item',
    '?category=mail',
    '?state=DRAFT',
    '?state=PUBLISHED',
    '?kind=SERVICE',
    '?state=DRAFT&kind=SERVICE',
    '?category=Mail&q=item%2000',
  ]) {
    const costing = async (as: Caller) => {
      const { result, cost } = await measure(() => call(`GET ${items}${query}`, { as }));
      expect([query, result.status, result.body.items.length]).toEqual([query, 200, 25]);
      return cost;
    };
    const [one, other] = [await costing(small.reader), await costing(large.reader)];
    const { read, roundTrips } = one;
    expect({ query, read: other.read, roundTrips: other.roundTrips }).toEqual({ query, read, roundTrips });
  }
});
