import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { getAll } from '../../lib/aws/db.ts';
import { subtreePage } from '../../lib/aws/subtree.ts';
import { newId } from '../../lib/aws/world.ts';
import { type Customer, toItem, unsaid } from '../../lib/customers/profile.ts';
import { nodeKey } from '../../lib/kit/keys.ts';
import { merge } from '../../lib/kit/subtree.ts';
import { plant } from '../every/planting.ts';
import { listen, measure } from '../kit/cost.ts';
import { plantReseller } from '../kit/forest.ts';
import { call, type Msp, makeMsp } from '../kit/world.ts';

/** A chain of resellers down to depth 9, and `count` customers at depth 10 below it. */
async function plantDeep(msp: Msp, count: number): Promise<{ id: string; path: string[] }> {
  const { id } = await plantReseller(msp);
  const [stored] = await getAll([nodeKey(id)], true);
  const top = String(stored?.path).split('/');
  let above = top;
  const items = [];
  for (let n = 0; n < 7 + count; n++) {
    const path = [...above, newId('customer', Date.now())];
    const customer: Customer = {
      ...unsaid,
      domains: [],
      id: path.at(-1) ?? '',
      parentId: above.at(-1) ?? '',
      name: `Customer with a name ${String(n).padStart(6, '0')}`,
      reseller: n < 7,
    };
    items.push(toItem(customer, { path, version: 1 }));
    if (n < 7) above = path;
  }
  await plant(items);
  return { id, path: top };
}

beforeAll(listen);

describe('a page of a subtree', () => {
  it('costs the same at 100 and at 20,000 nodes, at most 1.5 RCU for 25 nodes at depth 10', async () => {
    const msp = await makeMsp();
    const pages = [];
    for (const count of [100, 20_000]) {
      const { id, path } = await plantDeep(msp, count);
      const line = `GET /v1/customers/${id}/subtree?limit=25`;
      const first = await call(line, { as: msp.reader });
      const asked = `${line}&cursor=${first.body.nextCursor}`;
      const { result, cost } = await measure(() => call(asked, { as: msp.reader }));
      expect(result.body.items).toHaveLength(25);
      expect(result.body.items[9].depth).toBe(10);
      const { next: after } = await subtreePage(path, { limit: 25, after: undefined, move: undefined });
      const alone = await measure(() =>
        subtreePage(path, { limit: 25, after: after ?? undefined, move: undefined }),
      );
      expect(alone.cost.read).toBeLessThanOrEqual(1.5);
      // Caller's membership and node, the node asked for and its tree, and both of these once more: 1 RCU each.
      expect(cost.read - alone.cost.read).toBeLessThanOrEqual(6);
      const { read, roundTrips } = cost;
      pages.push({ page: alone.cost.read, read, roundTrips });
      process.stdout.write(
        `      subtree of ${count} nodes at depth 10: page of 25 ${alone.cost.read} RCU, request ${read} RCU in ${roundTrips} round trips\n`,
      );
    }
    expect(pages[0]).toEqual(pages[1]);
  });

  it('merged from stretches read to different lengths leaves nothing out and doubles nothing', () => {
    const place = fc.integer({ min: 0, max: 60 }).map((n) => String(n).padStart(3, '0'));
    const stretch = fc.uniqueArray(place, { maxLength: 30 }).map((all) => all.toSorted());
    fc.assert(
      fc.property(stretch, stretch, fc.integer({ min: 1, max: 9 }), (one, two, limit) => {
        const seen: string[] = [];
        let after: string | undefined;
        for (;;) {
          const reads = [one, two].map((all) => {
            const rest = all.filter((at) => after === undefined || at > after);
            const read = rest.slice(0, limit);
            const upTo = rest.length > limit ? (read.at(-1) ?? null) : null;
            return { items: read.map((at) => ({ place: at, item: at })), upTo };
          });
          const { items, next } = merge(reads, limit);
          seen.push(...items);
          if (next === null) break;
          after = next;
        }
        expect(seen).toEqual([...new Set([...one, ...two])].toSorted());
      }),
    );
  });
});
