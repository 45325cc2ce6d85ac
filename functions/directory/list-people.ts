import * as z from 'zod';
import { personSummary, toPersonSummary } from '../../lib/directory/person.ts';
import { peoplePage } from '../../lib/directory/store.ts';
import { answer, refuse } from '../../lib/kit/plan.ts';
import { notFound } from '../../lib/kit/problem.ts';
import { pageOf, route } from '../../lib/kit/route.ts';
import { id, line } from '../../lib/kit/text.ts';

export const listPeople = route({
  id: 'listPeople',
  method: 'GET',
  path: '/v1/companies/{companyId}/people',
  summary: 'A company’s people by name',
  permission: 'directory.read',
  target: { home: ['PROVIDER'] },
  params: z.strictObject({ companyId: id('company') }),
  page: true,
  query: z.strictObject({ q: line(120).optional().describe('The full name starts with this') }),
  reply: { status: 200, body: pageOf(personSummary) },
  refuses: [],
  load: ({ home, params, query, position }) =>
    peoplePage(home, { ...query, companyId: params.companyId }, position),
  decide: ({ params, seal }, { company, items, next }) => {
    if (!company) refuse(notFound);
    return answer({
      items: items.map((item) => toPersonSummary(item, params.companyId)),
      nextCursor: next && seal(next),
    });
  },
});
