import { sessionRefusedEvent } from '../kit/delegation-events.ts';
import { announce } from '../kit/event.ts';
import { accessSessionKey, nodeKey } from '../kit/keys.ts';
import type { Plan } from '../kit/plan.ts';
import { type Candidate, toNode, verdictFor } from './auth.ts';
import { commit, get, LostRace } from './db.ts';
import { log } from './log.ts';
import { settle } from './settle.ts';
import { secret } from './world.ts';

const patienceMs = 2000;
const alarming: readonly string[] = ['ANOTHER_PERSON', 'ANOTHER_CUSTOMER', 'ENDED'];

/**
 * Keeps that a true token of a delegated session was used wrongly: once per session and hour, in the record of its
 * customer, whose administrators are told. The refusal is answered whatever becomes of this.
 */
export async function noteRefusal(
  candidate: Candidate,
  { now, requestId }: { now: string; requestId: string },
): Promise<void> {
  const verdict = verdictFor(candidate);
  const { token, session } = candidate.presented ?? {};
  const why = verdict && 'why' in verdict ? verdict.why : undefined;
  const hour = now.slice(0, 13);
  if (!token || !session || !why || !alarming.includes(why) || session.refusedIn === hour) return;
  try {
    const target = toNode(await get(nodeKey(token.customerId)));
    if (!target) return;
    const { sessionId, customerId } = token;
    const { tenant: home, person: id } = candidate.claims;
    const plan: Plan = {
      writes: [
        {
          do: 'amend',
          key: accessSessionKey(customerId, sessionId),
          set: { refusedIn: hour },
          where: { refusedIn: (session.refusedIn as string | undefined) ?? null },
        },
      ],
      receipt: { action: 'access.refuse_session', subject: sessionId, after: { why } },
      announcements: [announce(sessionRefusedEvent, sessionId, { why: why as 'ENDED' })],
      reply: {},
    };
    const by = { actor: { id, kind: 'person', home }, target, now, requestId } as const;
    await commit(settle(plan, by), secret(24), Date.now() + patienceMs);
  } catch (error) {
    // Somebody else has noted it.
    if (!(error instanceof LostRace)) log().error('refusal not noted', { error: error as Error });
  }
}
