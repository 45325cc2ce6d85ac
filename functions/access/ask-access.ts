import * as z from 'zod';
import { ask } from '../../lib/access/decide.ts';
import { customerManages, endOutOfRange } from '../../lib/access/problems.ts';
import { standingAndName } from '../../lib/access/store.ts';
import { terms } from '../../lib/access/terms.ts';
import { accessView } from '../../lib/access/view.ts';
import { route } from '../../lib/kit/route.ts';
import { customerTypes } from '../../lib/kit/scope.ts';
import { id } from '../../lib/kit/text.ts';

export const askAccess = route({
  id: 'askAccess',
  method: 'PUT',
  path: '/v1/customers/{customerId}/access',
  summary: 'Say what access to a customer’s console is wanted',
  description:
    'What is nowhere more than what is given to your own organization counts at once; anything more waits, whole, for the customer’s administrators. Where the partner manages the customer (`PARTNER`) it has it at once, as long as it does. The first time the ETag is `"0"`.',
  permission: 'access.ask',
  target: { param: 'customerId', types: customerTypes, below: true },
  params: z.strictObject({ customerId: id('customer') }),
  body: terms,
  ifMatch: true,
  reply: { status: 200, body: accessView },
  refuses: [customerManages, endOutOfRange],
  load: ({ home, person, target }) => standingAndName(target, { home, personId: person }),
  decide: ({ scope, body, ifMatch, now }, { standing, personName: name }) => {
    const { target, actor, home } = scope;
    return ask(standing, body, { target, actor, names: { name, homeName: home.name }, ifMatch, now });
  },
});
