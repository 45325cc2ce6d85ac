import * as z from 'zod';
import { person } from '../../lib/directory/person.ts';
import { personOf } from '../../lib/directory/store.ts';
import { answer, refuse } from '../../lib/kit/plan.ts';
import { notFound } from '../../lib/kit/problem.ts';
import { route } from '../../lib/kit/route.ts';
import { id } from '../../lib/kit/text.ts';

export const getPerson = route({
  id: 'getPerson',
  method: 'GET',
  path: '/v1/companies/{companyId}/people/{personId}',
  summary: 'One person of a company',
  permission: 'directory.read',
  target: { home: ['PROVIDER'] },
  params: z.strictObject({ companyId: id('company'), personId: id('person') }),
  reply: { status: 200, body: person },
  refuses: [],
  load: ({ home, params }) => personOf(home, params),
  decide: (_, found) => (found ? answer(found.value, { version: found.version }) : refuse(notFound)),
});
