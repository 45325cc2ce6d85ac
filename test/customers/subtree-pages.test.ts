import fc from 'fast-check';
import { expect, it } from 'vitest';
import { subtreePage } from '../../lib/aws/subtree.ts';
import { newId } from '../../lib/aws/world.ts';
import { follow } from '../../lib/customers/move.ts';
import { toItem, unsaid } from '../../lib/customers/profile.ts';
import { platformId } from '../../lib/kit/id.ts';
import { type Move, placed } from '../../lib/kit/move.ts';
import type { Item } from '../../lib/kit/plan.ts';
import { maxDepth } from '../../lib/kit/scope.ts';
import { plant } from '../every/planting.ts';

type Stored = Item & { readonly id: string; readonly path: string };

/** A tree of one provider: node `n` stands below one of those before it, `parents[n]` says which (0: the provider). */
function grow(parents: readonly number[]): { root: readonly string[]; nodes: Stored[] } {
  const root = [platformId, newId('provider', Date.now())];
  const paths = [root];
  for (const [index, chosen] of parents.entries()) {
    let parent = paths[chosen % (index + 1)] ?? root;
    if (parent.length > maxDepth) parent = root;
    paths.push([...parent, newId('customer', Date.now() + index)]);
  }
  const nodes = paths.slice(1).map((path, index) => {
    const [id, parentId] = [path.at(-1) ?? '', path.at(-2) ?? ''];
    const customer = { ...unsaid, domains: [], id, parentId, name: `Node ${index}`, reseller: true };
    return toItem(customer, { path, version: 1 }) as unknown as Stored;
  });
  return { root, nodes };
}

const pathOf = ({ path }: Stored, move?: Move) => placed(path.split('/'), move);
const below = (nodes: readonly Stored[], path: readonly string[], move: Move | undefined) =>
  nodes
    .map((node) => pathOf(node, move).join('/'))
    .filter((one) => `${one}/`.startsWith(`${path.join('/')}/`))
    .toSorted();

/** Where a page may begin or end badly: every node, the provider, both parents and the moved root. */
const plan = fc.record({
  parents: fc.array(fc.nat(40), { minLength: 3, maxLength: 16 }),
  moved: fc.nat(40),
  to: fc.nat(40),
  reader: fc.nat(40),
  limit: fc.integer({ min: 1, max: 3 }),
  follows: fc.array(fc.nat(3), { minLength: 60, maxLength: 60 }),
});

it('shows every node once, in pages of one to three, before a move, while paths follow, and after it', async () => {
  await fc.assert(
    fc.asyncProperty(plan, async ({ parents, moved, to, reader, limit, follows }) => {
      const { root, nodes } = grow(parents);
      await plant(nodes);
      const read = async (path: readonly string[], move: Move | undefined, between: () => Promise<void>) => {
        const out: string[] = [];
        let after: string | undefined;
        do {
          const page = await subtreePage(path, { limit, after, move });
          expect(page.items.length).toBeLessThanOrEqual(limit);
          out.push(...page.items.map((one) => one.path.join('/')));
          after = page.next ?? undefined;
          await between();
        } while (after !== undefined);
        return out;
      };
      const nothing = async () => undefined;
      const places = [root, ...nodes.map((node) => pathOf(node))];
      const from = places[reader % places.length] ?? root;
      expect(await read(from, undefined, nothing)).toEqual(below(nodes, from, undefined));

      const top = nodes[moved % nodes.length] as Stored;
      const target = places[to % places.length] ?? root;
      const tallest = Math.max(...below(nodes, pathOf(top), undefined).map((one) => one.split('/').length));
      const levels = tallest - pathOf(top).length + 1;
      fc.pre(!target.includes(top.id) && target.length - 1 + levels <= maxDepth);
      const move: Move = { id: top.id, operationId: 'opr', from: pathOf(top).slice(0, -1), to: target };
      const store = async (index: number) => {
        const write = follow(nodes[index] as Stored, move);
        if (!write) return;
        nodes[index] = write.item as unknown as Stored;
        await plant([write.item]);
      };
      await store(nodes.indexOf(top));
      const seats = [from, target, move.from, [...target, top.id], root];
      for (const [round, seat] of seats.entries()) {
        const path = placed(seat, move);
        const steps = follows.slice(round * 12, round * 12 + 12);
        const between = async () => {
          const index = steps.pop() === 0 ? nodes.findIndex((one) => follow(one, move)) : -1;
          if (index >= 0) await store(index);
        };
        const seen = await read(path, move, between);
        expect(seen).toEqual(below(nodes, path, move));
      }
      for (const index of nodes.keys()) await store(index);
      for (const seat of seats) {
        const path = placed(seat, move);
        expect(await read(path, move, nothing)).toEqual(below(nodes, path, undefined));
        expect(await read(path, undefined, nothing)).toEqual(below(nodes, path, undefined));
      }
    }),
    { numRuns: 40 },
  );
});
