import * as z from 'zod';
import { event } from './event.ts';

/** Announced by the shell itself, wherever the token was used. */
export const sessionRefusedEvent = event({
  type: 'access.session_refused.v1',
  summary:
    'The token of a delegated session was used by another person, for another customer, or after its end; told once per session and hour',
  data: z.object({ why: z.enum(['ANOTHER_PERSON', 'ANOTHER_CUSTOMER', 'ENDED']) }),
  example: { why: 'ENDED' },
});
