import { toFacts } from '../../lib/helpdesk/eligibility.ts';
import {
  alreadyEnabled,
  alreadyRequested,
  notEligible,
  onlyByAdministrator,
} from '../../lib/helpdesk/problems.ts';
import { mspModeOf } from '../../lib/helpdesk/store.ts';
import { newTicket, raise, ticket } from '../../lib/helpdesk/ticket.ts';
import { route } from '../../lib/kit/route.ts';

export const createTicket = route({
  id: 'createTicket',
  method: 'POST',
  path: '/v1/tickets',
  summary: 'Ask the help desk: for MSP mode, or a question',
  permission: 'tickets.create',
  target: { home: ['PROVIDER'] },
  body: newTicket,
  reply: { status: 201, body: ticket },
  refuses: [onlyByAdministrator, alreadyRequested, alreadyEnabled, notEligible],
  load: async ({ home, body }) => (body.kind === 'MSP_MODE' ? mspModeOf(home) : undefined),
  decide: ({ scope, body, newId, now }, mode) =>
    raise({ provider: toFacts(scope.home.item), mode }, body, {
      id: newId('ticket'),
      by: scope.actor.id,
      now,
    }),
});
