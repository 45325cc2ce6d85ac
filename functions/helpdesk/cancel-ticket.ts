import * as z from 'zod';
import { cancel, decision } from '../../lib/helpdesk/decision.ts';
import { ticketNotOpen } from '../../lib/helpdesk/problems.ts';
import { ownCaseOf } from '../../lib/helpdesk/store.ts';
import { visible } from '../../lib/helpdesk/ticket.ts';
import { expectVersion, refuse } from '../../lib/kit/plan.ts';
import { notFound } from '../../lib/kit/problem.ts';
import { route } from '../../lib/kit/route.ts';
import { id } from '../../lib/kit/text.ts';

export const cancelTicket = route({
  id: 'cancelTicket',
  method: 'POST',
  path: '/v1/tickets/{ticketId}/cancel',
  summary: 'Take back an open ticket',
  permission: 'tickets.cancel',
  target: { home: ['PROVIDER'] },
  params: z.strictObject({ ticketId: id('ticket') }),
  ifMatch: true,
  reply: { status: 200, body: decision },
  refuses: [ticketNotOpen],
  load: ({ home, params }) => ownCaseOf(home, params.ticketId),
  decide: ({ scope, ifMatch, now }, about) => {
    if (!about) refuse(notFound);
    expectVersion(ifMatch, visible(about.filed, scope.home).version);
    return cancel(about, { by: scope.actor.id, now });
  },
});
