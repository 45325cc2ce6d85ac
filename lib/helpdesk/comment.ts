import * as z from 'zod';
import { platformId } from '../kit/id.ts';
import { commentKey } from '../kit/keys.ts';
import type { Plan } from '../kit/plan.ts';
import type { Actor } from '../kit/scope.ts';
import { paragraph } from '../kit/text.ts';
import type { Ticket } from './ticket.ts';

export const comment = z.strictObject({
  id: z.string().describe('`cmt_…`'),
  ticketId: z.string(),
  from: z.enum(['HELP_DESK', 'PROVIDER']),
  author: z.string().describe('The person who wrote it'),
  text: z.string(),
  at: z.string(),
});
export type Comment = z.infer<typeof comment>;

export const newComment = z.strictObject({ text: paragraph(4000) });

/** Adds to the talk about a ticket, in any state of it. */
export function say(
  about: Ticket,
  command: z.output<typeof newComment>,
  made: { id: string; by: Actor; now: string },
): Plan<Comment> {
  const said: Comment = {
    id: made.id,
    ticketId: about.id,
    from: made.by.home === platformId ? 'HELP_DESK' : 'PROVIDER',
    author: made.by.id,
    text: command.text,
    at: made.now,
  };
  return {
    writes: [
      { do: 'create', item: { ...commentKey(platformId, about.id, made.id), ...said, kind: 'comment' } },
    ],
    receipt: {
      action: 'tickets.comment',
      subject: about.id,
      tenantId: about.providerId,
      ticketId: about.id,
      after: { commentId: said.id, text: said.text },
    },
    reply: { body: said },
  };
}

export function toComment({ PK, SK, kind, ...rest }: Readonly<Record<string, unknown>>): Comment {
  return comment.parse(rest);
}
