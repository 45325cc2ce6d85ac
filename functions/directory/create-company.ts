import { company, newCompany } from '../../lib/directory/company.ts';
import { companyNameTaken } from '../../lib/directory/problems.ts';
import { addCompany } from '../../lib/directory/register.ts';
import { route } from '../../lib/kit/route.ts';

export const createCompany = route({
  id: 'createCompany',
  method: 'POST',
  path: '/v1/companies',
  summary: 'Add a company to the directory',
  permission: 'directory.manage',
  target: { home: ['PROVIDER'] },
  body: newCompany,
  reply: { status: 201, body: company },
  refuses: [companyNameTaken],
  decide: ({ scope, body, newId, now }) => addCompany(scope.home.id, body, { id: newId('company'), now }),
});
