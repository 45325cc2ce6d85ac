import * as z from 'zod';
import { answerEntry, sessionDecision } from '../../lib/access/enter.ts';
import { notAwaiting } from '../../lib/access/problems.ts';
import { sessionView } from '../../lib/access/session.ts';
import { route } from '../../lib/kit/route.ts';
import { customerTypes } from '../../lib/kit/scope.ts';
import { id } from '../../lib/kit/text.ts';
import { found, oneSession } from './one-session.ts';

export const decideSession = route({
  id: 'decideSession',
  method: 'POST',
  path: '/v1/customers/{customerId}/access-sessions/{accessSessionId}/decision',
  summary: 'Let somebody of the partner in, or not',
  permission: 'access.decide',
  target: { param: 'customerId', types: customerTypes },
  params: z.strictObject({ customerId: id('customer'), accessSessionId: id('accessSession') }),
  body: sessionDecision,
  ifMatch: true,
  reply: { status: 200, body: sessionView },
  refuses: [notAwaiting],
  load: ({ target, params }) => oneSession(target, params.accessSessionId),
  decide: ({ scope, body, ifMatch, now }, one) => answerEntry(found(one), body, { scope, ifMatch, now }),
});
