import * as z from 'zod';
import { group, toGroup } from '../../lib/directory/group.ts';
import { groupPage } from '../../lib/directory/store.ts';
import { answer, refuse } from '../../lib/kit/plan.ts';
import { notFound } from '../../lib/kit/problem.ts';
import { pageOf, route } from '../../lib/kit/route.ts';
import { id } from '../../lib/kit/text.ts';

export const listGroups = route({
  id: 'listGroups',
  method: 'GET',
  path: '/v1/companies/{companyId}/groups',
  summary:
    'The groups derived from a company’s people, the company’s own first; those without members are left out',
  permission: 'directory.read',
  target: { home: ['PROVIDER'] },
  params: z.strictObject({ companyId: id('company') }),
  page: true,
  reply: { status: 200, body: pageOf(group) },
  refuses: [],
  load: ({ home, params, query, position }) =>
    groupPage(home, { companyId: params.companyId, limit: query.limit }, position),
  decide: ({ seal }, { company, items, next }) => {
    const { name } = (company ?? refuse(notFound)).value;
    return answer({
      items: items.map((item) => toGroup(item, name)).filter(({ members }) => members > 0),
      nextCursor: next && seal(next),
    });
  },
});
