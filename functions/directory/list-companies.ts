import * as z from 'zod';
import {
  companySummary,
  companyType,
  theGlobalCompany,
  toCompanySummary,
} from '../../lib/directory/company.ts';
import { companyPage } from '../../lib/directory/store.ts';
import { answer } from '../../lib/kit/plan.ts';
import { pageOf, route } from '../../lib/kit/route.ts';
import { line } from '../../lib/kit/text.ts';

export const listCompanies = route({
  id: 'listCompanies',
  method: 'GET',
  path: '/v1/companies',
  summary: 'The provider’s companies by name, the Global company first',
  permission: 'directory.read',
  target: { home: ['PROVIDER'] },
  page: true,
  query: z.strictObject({
    q: line(80).optional().describe('The name starts with this'),
    type: companyType.optional(),
  }),
  reply: { status: 200, body: pageOf(companySummary) },
  refuses: [],
  load: ({ home, query, position }) => companyPage(home, query, position),
  decide: ({ seal }, { withGlobal, items, next }) =>
    answer({
      items: [
        ...(withGlobal ? [companySummary.strip().parse(theGlobalCompany.value)] : []),
        ...items.map(toCompanySummary),
      ],
      nextCursor: next === null ? null : seal(next),
    }),
});
