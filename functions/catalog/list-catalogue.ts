import * as z from 'zod';
import { itemType } from '../../lib/catalog/content.ts';
import { catalogSettingsKey, toSettings } from '../../lib/catalog/settings.ts';
import { offered, shopItem, viewOffered } from '../../lib/catalog/shop.ts';
import { shopPage, toHolder } from '../../lib/catalog/shop-store.ts';
import { outSince } from '../../lib/kit/in-service.ts';
import { answer } from '../../lib/kit/plan.ts';
import { pageOf, route } from '../../lib/kit/route.ts';
import { customerTypes, providerOf } from '../../lib/kit/scope.ts';
import { line } from '../../lib/kit/text.ts';

export const listCatalogue = route({
  id: 'listCatalogue',
  method: 'GET',
  path: '/v1/catalogue',
  summary: 'What you may order: services, bundles and banners that your company gives you',
  description:
    'Needs no role. A page looks at up to 200 items of your company, 99 where a name is asked for: it may hold fewer than `limit`, even none, and still have a next one. Nothing while your company is deprovisioned.',
  permission: 'end-user',
  target: { home: customerTypes },
  query: z.strictObject({
    type: itemType.optional(),
    q: line(80).optional().describe('Part of the name'),
  }),
  page: true,
  reply: { status: 200, body: pageOf(shopItem) },
  refuses: [],
  alongside: ({ home }) => [catalogSettingsKey(home)],
  load: async ({ home, provider, query, position, scope, alongside }) => {
    const providerId = provider ?? providerOf((await scope()).home);
    const row = scope().then(({ caller }) => toHolder(caller));
    const [found, [settings]] = await Promise.all([
      shopPage({ customerId: home, providerId, row }, query, position),
      alongside(),
    ]);
    return { ...found, fullView: toSettings(settings).fullView };
  },
  decide: ({ scope, seal }, { shelves, items, owned, next, ...at }) => {
    if (outSince(scope.home.item) !== undefined) return answer({ items: [], nextCursor: null });
    const row = toHolder(scope.caller);
    const shown = shelves.flatMap((shelf, index) => offered(row, shelf, { item: items[index], owned }) ?? []);
    return answer({
      items: shown.map((one) => viewOffered(one, at)),
      nextCursor: next === null ? null : seal(next),
    });
  },
});
