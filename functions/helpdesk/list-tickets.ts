import * as z from 'zod';
import { ticketPage } from '../../lib/helpdesk/store.ts';
import { ticketState, ticketSummary, toSummary } from '../../lib/helpdesk/ticket.ts';
import { answer } from '../../lib/kit/plan.ts';
import { pageOf, route } from '../../lib/kit/route.ts';

export const listTickets = route({
  id: 'listTickets',
  method: 'GET',
  path: '/v1/tickets',
  summary: 'Tickets, newest first: a provider’s own, or all for the help desk',
  description: 'With `state` a provider’s page may hold fewer than `limit` items; follow `nextCursor`.',
  permission: 'tickets.read',
  target: { home: ['PLATFORM', 'PROVIDER'] },
  page: true,
  query: z.strictObject({ state: ticketState.optional() }),
  reply: { status: 200, body: pageOf(ticketSummary) },
  refuses: [],
  load: ({ home, query, position }) => ticketPage(home, query, position),
  decide: ({ seal }, { items, next }) =>
    answer({ items: items.map(toSummary), nextCursor: next && seal(next) }),
});
