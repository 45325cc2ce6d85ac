import * as z from 'zod';
import { comment, toComment } from '../../lib/helpdesk/comment.ts';
import { commentPage, ticketOf } from '../../lib/helpdesk/store.ts';
import { visible } from '../../lib/helpdesk/ticket.ts';
import { answer } from '../../lib/kit/plan.ts';
import { pageOf, route } from '../../lib/kit/route.ts';
import { id } from '../../lib/kit/text.ts';

export const listComments = route({
  id: 'listComments',
  method: 'GET',
  path: '/v1/tickets/{ticketId}/comments',
  summary: 'What was said about a ticket, oldest first',
  permission: 'tickets.read',
  target: { home: ['PLATFORM', 'PROVIDER'] },
  params: z.strictObject({ ticketId: id('ticket') }),
  page: true,
  reply: { status: 200, body: pageOf(comment) },
  refuses: [],
  load: ({ params, query, position }) =>
    Promise.all([ticketOf(params.ticketId), commentPage(params.ticketId, query.limit, position)]),
  decide: ({ scope, seal }, [found, { items, next }]) => {
    visible(found, scope.home);
    return answer({ items: items.map(toComment), nextCursor: next && seal(next) });
  },
});
