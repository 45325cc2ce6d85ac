import * as z from 'zod';
import { removePerson as remove } from '../../lib/directory/move.ts';
import { administersCustomer } from '../../lib/directory/problems.ts';
import { boundPerson } from '../../lib/directory/store.ts';
import { expectVersion, refuse } from '../../lib/kit/plan.ts';
import { notFound } from '../../lib/kit/problem.ts';
import { route } from '../../lib/kit/route.ts';
import { id } from '../../lib/kit/text.ts';

export const removePerson = route({
  id: 'removePerson',
  method: 'DELETE',
  path: '/v1/companies/{companyId}/people/{personId}',
  summary: 'Remove a person who administers no customer',
  permission: 'directory.manage',
  target: { home: ['PROVIDER'] },
  params: z.strictObject({ companyId: id('company'), personId: id('person') }),
  ifMatch: true,
  reply: { status: 204 },
  refuses: [administersCustomer],
  load: ({ home, params, consistent }) => boundPerson(home, params, { again: consistent }),
  decide: ({ scope, ifMatch }, found) => {
    const state = found ?? refuse(notFound);
    expectVersion(ifMatch, state.current.version);
    return remove(scope.home.id, state);
  },
});
