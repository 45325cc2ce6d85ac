import * as z from 'zod';
import { answer } from '../../lib/kit/plan.ts';
import { pageOf, route } from '../../lib/kit/route.ts';
import { customerTypes } from '../../lib/kit/scope.ts';
import { id } from '../../lib/kit/text.ts';
import { pulseState } from '../../lib/probes/pulse.ts';
import { probePage } from '../../lib/probes/store.ts';
import { probeSummary, viewSummary } from '../../lib/probes/view.ts';

export const listProbes = route({
  id: 'listProbes',
  method: 'GET',
  path: '/v1/customers/{customerId}/probes',
  summary: 'A customer’s probes, with what was heard of them last',
  description:
    'Oldest first; retired ones only with `state=RETIRED`. A page may hold fewer probes than `limit`, even none: go on until `nextCursor` is null.',
  permission: 'probes.read',
  target: { param: 'customerId', types: customerTypes },
  params: z.strictObject({ customerId: id('customer') }),
  query: z.strictObject({ state: pulseState.optional() }),
  page: true,
  reply: { status: 200, body: pageOf(probeSummary) },
  refuses: [],
  load: ({ target, query, position }) => probePage(target, { limit: query.limit, after: position }),
  decide: ({ query, seal }, { sights, next }) =>
    answer({
      items: sights
        .map(viewSummary)
        .filter(({ state }) => (query.state ? state === query.state : state !== 'RETIRED')),
      nextCursor: next && seal(next),
    }),
});
