import * as z from 'zod';
import { enter, entry, sessionShown } from '../../lib/access/enter.ts';
import {
  customerDisabled,
  customerManages,
  moreThanGiven,
  moreThanOwn,
  notGiven,
  tooManySessions,
} from '../../lib/access/problems.ts';
import { standingAndName } from '../../lib/access/store.ts';
import { secret } from '../../lib/aws/world.ts';
import { sessionSecretBytes } from '../../lib/kit/delegation.ts';
import { route } from '../../lib/kit/route.ts';
import { customerTypes } from '../../lib/kit/scope.ts';
import { id } from '../../lib/kit/text.ts';

export const openSession = route({
  id: 'openSession',
  method: 'POST',
  path: '/v1/customers/{customerId}/access-sessions',
  summary: 'Enter a customer’s console for some minutes, with a reason',
  description:
    'Answers a token, once. Sent in the header `Quartermaster-Session` beside the same person’s access token it opens the console’s routes, and what else the session’s roles and the person’s own rights allow both. Where the customer approves each session (`AWAITING`), the token works once an administrator has, and the minutes count from then.',
  permission: 'access.enter',
  target: { param: 'customerId', types: customerTypes, below: true },
  params: z.strictObject({ customerId: id('customer') }),
  body: entry,
  reply: { status: 201, body: sessionShown },
  refuses: [customerManages, customerDisabled, notGiven, moreThanGiven, moreThanOwn, tooManySessions],
  load: async ({ home, person, target }) => ({
    ...(await standingAndName(target, { home, personId: person })),
    secret: secret(sessionSecretBytes),
  }),
  decide: ({ scope, body, newId, now }, { standing, ...made }) =>
    enter(standing, body, { ...made, id: newId('accessSession'), now }, scope),
});
