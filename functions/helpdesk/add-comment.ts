import * as z from 'zod';
import { comment, newComment, say } from '../../lib/helpdesk/comment.ts';
import { ticketTalkedAbout } from '../../lib/helpdesk/store.ts';
import { visible } from '../../lib/helpdesk/ticket.ts';
import { route } from '../../lib/kit/route.ts';
import { id } from '../../lib/kit/text.ts';

export const addComment = route({
  id: 'addComment',
  method: 'POST',
  path: '/v1/tickets/{ticketId}/comments',
  summary: 'Say something about a ticket',
  permission: 'tickets.comment',
  target: { home: ['PLATFORM', 'PROVIDER'] },
  params: z.strictObject({ ticketId: id('ticket') }),
  body: newComment,
  reply: { status: 201, body: comment },
  refuses: [],
  load: ({ params }) => ticketTalkedAbout(params.ticketId),
  decide: ({ scope, body, newId, now }, found) =>
    say(visible(found, scope.home).ticket, body, { id: newId('comment'), by: scope.actor, now }),
});
