import { review, staleGrant } from '../../lib/access/review.ts';
import { givenPage } from '../../lib/access/store.ts';
import { answer } from '../../lib/kit/plan.ts';
import { pageOf, route } from '../../lib/kit/route.ts';

/** Grants that a page looks at: what it reads of each fits into one batch. */
const sight = 25;

export const reviewAccess = route({
  id: 'reviewAccess',
  method: 'GET',
  path: '/v1/access-review',
  summary: 'Access to customers’ consoles that is given and should perhaps not be',
  description: `By customer. A page looks at no more than ${sight} grants, so it may be short or empty and still have a \`nextCursor\`.`,
  permission: 'access.review',
  target: { home: ['PROVIDER'] },
  page: true,
  reply: { status: 200, body: pageOf(staleGrant) },
  refuses: [],
  load: ({ home, query, position }) =>
    givenPage(home, { limit: Math.min(query.limit, sight), after: position }),
  decide: ({ seal, now }, { grants, next, members }) =>
    answer({
      items: grants.flatMap((one) => review(one, members, now) ?? []),
      nextCursor: next && seal(next),
    }),
});
