import * as z from 'zod';
import { event } from './event.ts';

/** What is told of the token of a session that did not count. */
export const misuses = [
  'ANOTHER_PERSON',
  'ANOTHER_CUSTOMER',
  'WRONG_SECRET',
  'ENDED',
  'REVOKED',
  'MOVED',
] as const;

/** Announced by the shell itself, wherever the token was used. */
export const sessionRefusedEvent = event({
  type: 'access.session_refused.v1',
  summary:
    'The token of a delegated session was used by another person, for another customer, with a wrong secret, or after it was ended, taken back, or the customer had moved; told once per session and hour',
  data: z.object({ why: z.enum(misuses) }),
  example: { why: 'ENDED' },
});

/** Announced wherever somebody from above changes who administers a customer. */
export const administrationChanged = event({
  type: 'access.administration_changed.v1',
  summary:
    'Somebody from above changed who administers a customer: added one, took the role or the log-on, or changed how one signs in; subject: the customer',
  data: z.object({
    change: z.enum(['ADDED', 'REMOVED', 'CHANGED']),
    personId: z.string(),
    noteId: z.string().describe('Where the addresses to be told are kept, for 30 days'),
  }),
  example: {
    change: 'ADDED',
    personId: 'per_01J00000000000000000000000',
    noteId: 'pmWkWSBCL51Bfkhn79xPuKBKHz__H6B-mY6G9_eieuM',
  },
});
