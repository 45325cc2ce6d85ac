import * as z from 'zod';
import { addPerson, newPerson, person } from '../../lib/directory/person.ts';
import {
  emailTaken,
  loginTaken,
  peopleNotAllowed,
  unplacedDepartment,
} from '../../lib/directory/problems.ts';
import { companyForPerson } from '../../lib/directory/store.ts';
import { refuse } from '../../lib/kit/plan.ts';
import { notFound } from '../../lib/kit/problem.ts';
import { route } from '../../lib/kit/route.ts';
import { id } from '../../lib/kit/text.ts';

export const createPerson = route({
  id: 'createPerson',
  method: 'POST',
  path: '/v1/companies/{companyId}/people',
  summary: 'Add a person to a company',
  permission: 'directory.manage',
  target: { home: ['PROVIDER'] },
  params: z.strictObject({ companyId: id('company') }),
  body: newPerson,
  reply: { status: 201, body: person },
  refuses: [peopleNotAllowed, loginTaken, emailTaken, unplacedDepartment],
  load: ({ home, params, body }) =>
    companyForPerson(home, {
      companyId: params.companyId,
      organization: body.organization ?? null,
      department: body.department ?? null,
    }),
  decide: ({ scope, body, newId, now }, { company, groups }) =>
    addPerson(
      scope.home.id,
      { company: company ?? refuse(notFound), groups },
      { body, id: newId('person'), now },
    ),
});
