import { removal, toRemoval, viewRemoval } from '../../lib/access/removal.ts';
import { removalPage } from '../../lib/access/removal-store.ts';
import { answer } from '../../lib/kit/plan.ts';
import { pageOf, route } from '../../lib/kit/route.ts';
import { customerTypes } from '../../lib/kit/scope.ts';

export const listRemovalReports = route({
  id: 'listRemovalReports',
  method: 'GET',
  path: '/v1/removal-reports',
  summary: 'How you were removed from partners: what followed, and the reports',
  permission: 'access.decide',
  target: { home: customerTypes },
  page: true,
  reply: { status: 200, body: pageOf(removal) },
  refuses: [],
  load: ({ home, query, position }) => removalPage(home, query.limit, position),
  decide: ({ scope, seal, now }, { items, next }) =>
    answer({
      // A reseller keeps those of its customers beside.
      items: items
        .map(toRemoval)
        .filter(({ customerId }) => customerId === scope.home.id)
        .map((one) => viewRemoval(one, now)),
      nextCursor: next && seal(next),
    }),
});
