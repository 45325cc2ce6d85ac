import * as z from 'zod';
import { companyHasPeople, companyIsCustomer, globalCompany } from '../../lib/directory/problems.ts';
import { removeCompany as remove } from '../../lib/directory/register.ts';
import { companyInUse } from '../../lib/directory/store.ts';
import { expectVersion, refuse } from '../../lib/kit/plan.ts';
import { notFound } from '../../lib/kit/problem.ts';
import { route } from '../../lib/kit/route.ts';
import { id } from '../../lib/kit/text.ts';

export const removeCompany = route({
  id: 'removeCompany',
  method: 'DELETE',
  path: '/v1/companies/{companyId}',
  summary: 'Remove a company that has no people and is no customer',
  permission: 'directory.manage',
  target: { home: ['PROVIDER'] },
  params: z.strictObject({ companyId: id('company') }),
  ifMatch: true,
  reply: { status: 204 },
  refuses: [globalCompany, companyHasPeople, companyIsCustomer],
  load: ({ home, params }) => companyInUse(home, params.companyId),
  decide: ({ scope, ifMatch }, found) => {
    const current = found.current ?? refuse(notFound);
    expectVersion(ifMatch, current.version);
    return remove(scope.home.id, { ...found, current });
  },
});
