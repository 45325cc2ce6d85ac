import * as z from 'zod';
import { changedCompany, company } from '../../lib/directory/company.ts';
import { companyNameTaken, companyTypeFixed, globalCompany } from '../../lib/directory/problems.ts';
import { changeCompany } from '../../lib/directory/register.ts';
import { companyOf } from '../../lib/directory/store.ts';
import { expectVersion, refuse } from '../../lib/kit/plan.ts';
import { notFound } from '../../lib/kit/problem.ts';
import { route } from '../../lib/kit/route.ts';
import { id } from '../../lib/kit/text.ts';

export const updateCompany = route({
  id: 'updateCompany',
  method: 'PATCH',
  path: '/v1/companies/{companyId}',
  summary: 'Rename a company or describe it otherwise',
  permission: 'directory.manage',
  target: { home: ['PROVIDER'] },
  params: z.strictObject({ companyId: id('company') }),
  body: changedCompany,
  ifMatch: true,
  reply: { status: 200, body: company },
  refuses: [globalCompany, companyNameTaken, companyTypeFixed],
  load: ({ home, params }) => companyOf(home, params.companyId),
  decide: ({ scope, body, ifMatch }, found) => {
    const current = found ?? refuse(notFound);
    expectVersion(ifMatch, current.version);
    return changeCompany(scope.home.id, current, body);
  },
});
