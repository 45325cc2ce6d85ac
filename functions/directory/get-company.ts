import * as z from 'zod';
import { company } from '../../lib/directory/company.ts';
import { companyOf } from '../../lib/directory/store.ts';
import { answer, refuse } from '../../lib/kit/plan.ts';
import { notFound } from '../../lib/kit/problem.ts';
import { route } from '../../lib/kit/route.ts';
import { id } from '../../lib/kit/text.ts';

export const getCompany = route({
  id: 'getCompany',
  method: 'GET',
  path: '/v1/companies/{companyId}',
  summary: 'One company',
  permission: 'directory.read',
  target: { home: ['PROVIDER'] },
  params: z.strictObject({ companyId: id('company') }),
  reply: { status: 200, body: company },
  refuses: [],
  load: ({ home, params }) => companyOf(home, params.companyId),
  decide: (_, found) => (found ? answer(found.value, { version: found.version }) : refuse(notFound)),
});
