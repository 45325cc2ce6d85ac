import * as z from 'zod';
import { answer } from '../../lib/kit/plan.ts';
import { pageOf, route } from '../../lib/kit/route.ts';
import { line } from '../../lib/kit/text.ts';
import { serviceSummary, toSummary } from '../../lib/services/service.ts';
import { servicesByName } from '../../lib/services/store.ts';

export const listServices = route({
  id: 'listServices',
  method: 'GET',
  path: '/v1/services',
  summary: 'Your services by name',
  permission: 'services.read',
  target: { home: ['PROVIDER'] },
  page: true,
  query: z.strictObject({ q: line(64).optional().describe('The name starts with this') }),
  reply: { status: 200, body: pageOf(serviceSummary) },
  refuses: [],
  load: ({ home, query, position }) => servicesByName(home, query, position),
  decide: ({ seal }, { items, next }) =>
    answer({ items: items.map(toSummary), nextCursor: next && seal(next) }),
});
