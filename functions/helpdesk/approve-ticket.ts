import * as z from 'zod';
import { approve, decision } from '../../lib/helpdesk/decision.ts';
import { notEligible, ownRequest, ticketNotOpen } from '../../lib/helpdesk/problems.ts';
import { caseOf } from '../../lib/helpdesk/store.ts';
import { expectVersion, refuse } from '../../lib/kit/plan.ts';
import { notFound } from '../../lib/kit/problem.ts';
import { route } from '../../lib/kit/route.ts';
import { id } from '../../lib/kit/text.ts';

export const approveTicket = route({
  id: 'approveTicket',
  method: 'POST',
  path: '/v1/tickets/{ticketId}/approve',
  summary: 'Approve a ticket; a dry run lists every effect',
  description: 'Checks the preconditions of MSP mode again. Nobody approves their own request.',
  permission: 'tickets.decide',
  target: { home: ['PLATFORM'] },
  params: z.strictObject({ ticketId: id('ticket') }),
  dryRun: true,
  ifMatch: true,
  reply: { status: 200, body: decision },
  refuses: [ticketNotOpen, ownRequest, notEligible],
  load: ({ params }) => caseOf(params.ticketId),
  decide: ({ scope, ifMatch, now }, about) => {
    if (!about) refuse(notFound);
    expectVersion(ifMatch, about.filed.version);
    return approve(about, { by: scope.actor.id, now });
  },
});
