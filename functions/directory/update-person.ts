import * as z from 'zod';
import { changePerson } from '../../lib/directory/move.ts';
import { changedPerson, person } from '../../lib/directory/person.ts';
import {
  administersCustomer,
  emailTaken,
  loginTaken,
  peopleNotAllowed,
  unknownCompany,
  unplacedDepartment,
} from '../../lib/directory/problems.ts';
import { boundPerson } from '../../lib/directory/store.ts';
import { expectVersion, refuse } from '../../lib/kit/plan.ts';
import { notFound } from '../../lib/kit/problem.ts';
import { route } from '../../lib/kit/route.ts';
import { id } from '../../lib/kit/text.ts';

export const updatePerson = route({
  id: 'updatePerson',
  method: 'PATCH',
  path: '/v1/companies/{companyId}/people/{personId}',
  summary: 'Change a person, or move them to another company',
  description:
    'Who administers a customer keeps company and e-mail address until that role is taken. After a move the person is found under the other company, as `Location` says.',
  permission: 'directory.manage',
  target: { home: ['PROVIDER'] },
  params: z.strictObject({ companyId: id('company'), personId: id('person') }),
  body: changedPerson,
  ifMatch: true,
  reply: { status: 200, body: person },
  refuses: [
    loginTaken,
    emailTaken,
    unplacedDepartment,
    unknownCompany,
    peopleNotAllowed,
    administersCustomer,
  ],
  load: ({ home, params, body, consistent }) =>
    boundPerson(home, params, { change: body, again: consistent }),
  decide: ({ scope, body, ifMatch }, found) => {
    const state = found ?? refuse(notFound);
    expectVersion(ifMatch, state.current.version);
    return changePerson(scope.home.id, state, body);
  },
});
