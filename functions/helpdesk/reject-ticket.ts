import * as z from 'zod';
import { decision, reject } from '../../lib/helpdesk/decision.ts';
import { ownRequest, ticketNotOpen } from '../../lib/helpdesk/problems.ts';
import { caseOf } from '../../lib/helpdesk/store.ts';
import { expectVersion, refuse } from '../../lib/kit/plan.ts';
import { notFound } from '../../lib/kit/problem.ts';
import { route } from '../../lib/kit/route.ts';
import { id, paragraph } from '../../lib/kit/text.ts';

export const rejectTicket = route({
  id: 'rejectTicket',
  method: 'POST',
  path: '/v1/tickets/{ticketId}/reject',
  summary: 'Reject a ticket with a reason; the provider may ask again',
  permission: 'tickets.decide',
  target: { home: ['PLATFORM'] },
  params: z.strictObject({ ticketId: id('ticket') }),
  body: z.strictObject({ reason: paragraph(1000).describe('Told to the provider') }),
  ifMatch: true,
  reply: { status: 200, body: decision },
  refuses: [ticketNotOpen, ownRequest],
  load: ({ params }) => caseOf(params.ticketId),
  decide: ({ scope, body, ifMatch, now }, about) => {
    if (!about) refuse(notFound);
    expectVersion(ifMatch, about.filed.version);
    return reject(about, body.reason, { by: scope.actor.id, now });
  },
});
