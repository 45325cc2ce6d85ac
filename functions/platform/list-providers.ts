import * as z from 'zod';
import { answer } from '../../lib/kit/plan.ts';
import { pageOf, route } from '../../lib/kit/route.ts';
import { line } from '../../lib/kit/text.ts';
import { providersByName } from '../../lib/platform/store.ts';

const summary = z.strictObject({ id: z.string(), name: z.string(), state: z.string() });

export const listProviders = route({
  id: 'listProviders',
  method: 'GET',
  path: '/v1/providers',
  summary: 'The installation’s providers by name',
  permission: 'providers.read',
  target: { home: ['PLATFORM'] },
  page: true,
  query: z.strictObject({ q: line(80).optional().describe('The name starts with this') }),
  reply: { status: 200, body: pageOf(summary) },
  refuses: [],
  load: ({ query, position }) => providersByName(query, position),
  decide: ({ seal }, { items, next }) =>
    answer({
      items: items.map((item) => summary.parse({ id: item.id, name: item.name, state: item.state })),
      nextCursor: next && seal(next),
    }),
});
