import * as z from 'zod';
import { person } from '../../lib/directory/person.ts';
import { personByAddress } from '../../lib/directory/store.ts';
import { answer } from '../../lib/kit/plan.ts';
import { route } from '../../lib/kit/route.ts';
import { email } from '../../lib/kit/text.ts';

export const findPeople = route({
  id: 'findPeople',
  method: 'GET',
  path: '/v1/people',
  summary: 'The person who has this e-mail address, in whichever company',
  permission: 'directory.read',
  target: { home: ['PROVIDER'] },
  query: z.strictObject({ email: email.describe('Exact, whatever the case') }),
  reply: { status: 200, body: z.strictObject({ items: z.array(person).max(1) }) },
  refuses: [],
  load: ({ home, query }) => personByAddress(home, query.email),
  decide: (_, found) => answer({ items: found ? [found.value] : [] }),
});
