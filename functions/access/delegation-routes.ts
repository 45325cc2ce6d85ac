import type { Route } from '../../lib/kit/route.ts';
import { askAccess } from './ask-access.ts';
import { decideAccess } from './decide-access.ts';
import { decideSession } from './decide-session.ts';
import { endSession } from './end-session.ts';
import { getAccess } from './get-access.ts';
import { getSession } from './get-session.ts';
import { listSessions } from './list-sessions.ts';
import { openSession } from './open-session.ts';
import { reviewAccess } from './review-access.ts';

/** Delegated access: what a customer gives its partner, and the partner's sessions in its console. */
export const delegationRoutes: readonly Route[] = [
  getAccess,
  askAccess,
  decideAccess,
  openSession,
  listSessions,
  getSession,
  endSession,
  decideSession,
  reviewAccess,
];
