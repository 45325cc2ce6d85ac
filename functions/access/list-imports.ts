import { importView, toImport, viewImport } from '../../lib/access/import.ts';
import { importPage } from '../../lib/access/import-store.ts';
import { answer } from '../../lib/kit/plan.ts';
import { pageOf, route } from '../../lib/kit/route.ts';

export const listImports = route({
  id: 'listImports',
  method: 'GET',
  path: '/v1/customer-imports',
  summary: 'List the imports that you asked for, newest first',
  permission: 'imports.read',
  target: { home: ['PROVIDER', 'RESELLER'] },
  page: true,
  reply: { status: 200, body: pageOf(importView) },
  refuses: [],
  load: ({ home, query, position }) => importPage(home, { limit: query.limit, after: position }),
  decide: ({ seal, now }, { items, next }) =>
    answer({
      items: items.map((item) => viewImport(toImport(item), now)),
      nextCursor: next === null ? null : seal(next),
    }),
});
