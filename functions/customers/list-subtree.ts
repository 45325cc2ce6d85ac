import * as z from 'zod';
import { subtreePage } from '../../lib/aws/subtree.ts';
import { treeChanged } from '../../lib/customers/problems.ts';
import { standingOf } from '../../lib/customers/store.ts';
import { answer, refuse } from '../../lib/kit/plan.ts';
import { pageOf, route } from '../../lib/kit/route.ts';
import { customerTypes } from '../../lib/kit/scope.ts';
import { id } from '../../lib/kit/text.ts';

const place = z.strictObject({
  id: z.string(),
  parentId: z.string(),
  name: z.string(),
  reseller: z.boolean(),
  depth: z.int().describe('Below the platform: 2 for a customer of the provider itself'),
  state: z.string(),
});

export const listSubtree = route({
  id: 'listSubtree',
  method: 'GET',
  path: '/v1/customers/{customerId}/subtree',
  summary: 'A node and everything below it, each parent before its children',
  permission: 'customers.list',
  target: { param: 'customerId', types: customerTypes },
  params: z.strictObject({ customerId: id('customer') }),
  page: true,
  reply: { status: 200, body: pageOf(place) },
  refuses: [treeChanged],
  load: async ({ provider, target, query, position, scope }) => {
    const early = provider === undefined ? undefined : standingOf(provider, target);
    const [checked, found] = await Promise.all([scope(), early]);
    const { path, forest } = found ?? (await standingOf(checked.target.path[1] ?? '', target));
    const { move, epoch } = forest;
    const [seen, after] = position === undefined ? [String(epoch)] : position.split(':');
    if (seen !== String(epoch)) return { items: [], next: null, epoch, changed: true };
    return { ...(await subtreePage(path, { limit: query.limit, after, move })), epoch, changed: false };
  },
  decide: ({ seal }, { items, next, epoch, changed }) => {
    if (changed) refuse(treeChanged);
    return answer({
      items: items.map(({ id, name, type, state, path }) =>
        place.parse({
          id,
          parentId: path.at(-2),
          name,
          reseller: type === 'RESELLER',
          depth: path.length - 1,
          state,
        }),
      ),
      nextCursor: next && seal(`${epoch}:${next}`),
    });
  },
});
