import * as z from 'zod';
import { ticketOf } from '../../lib/helpdesk/store.ts';
import { ticket, visible } from '../../lib/helpdesk/ticket.ts';
import { answer } from '../../lib/kit/plan.ts';
import { route } from '../../lib/kit/route.ts';
import { id } from '../../lib/kit/text.ts';

export const getTicket = route({
  id: 'getTicket',
  method: 'GET',
  path: '/v1/tickets/{ticketId}',
  summary: 'One ticket',
  permission: 'tickets.read',
  target: { home: ['PLATFORM', 'PROVIDER'] },
  params: z.strictObject({ ticketId: id('ticket') }),
  reply: { status: 200, body: ticket },
  refuses: [],
  load: ({ params }) => ticketOf(params.ticketId),
  decide: ({ scope }, found) => {
    const { ticket: body, version } = visible(found, scope.home);
    return answer(body, { version });
  },
});
