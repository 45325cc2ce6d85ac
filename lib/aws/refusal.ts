import type { SessionToken } from '../kit/delegation.ts';
import { misuses, sessionRefusedEvent } from '../kit/delegation-events.ts';
import { announce } from '../kit/event.ts';
import { nodeKey, uniqueKey } from '../kit/keys.ts';
import type { Plan } from '../kit/plan.ts';
import { type Candidate, toNode, verdictFor } from './auth.ts';
import { commit, getAll, LostRace } from './db.ts';
import { log } from './log.ts';
import { settle } from './settle.ts';
import { within } from './tenant-session.ts';
import { secret } from './world.ts';

const patienceMs = 2000;
const keptSeconds = 7200;
// Its own time over is no news: programs go on for a while.
const alarming: readonly string[] = misuses;

/**
 * Keeps that the token of a delegated session was used wrongly: once per session and hour, in the record of its
 * customer, whose administrators are told. The refusal is answered whatever becomes of this.
 */
export async function noteRefusal(
  candidate: Candidate,
  { now, requestId }: { now: string; requestId: string },
): Promise<void> {
  const verdict = verdictFor(candidate);
  const { token, session } = candidate.presented ?? {};
  const why = verdict && 'why' in verdict ? verdict.why : undefined;
  if (!token || !session || !why || !alarming.includes(why)) return;
  const { customerId } = token;
  // The token leads to a session that is stored with this customer: its record alone is written.
  const alone = { home: customerId, target: customerId, provider: customerId };
  const reach = Promise.resolve({ ...alone, line: [], others: [], page: [] });
  await within(reach, () => note(candidate, token, { why, now, requestId }));
}

async function note(
  candidate: Candidate,
  { sessionId, customerId }: SessionToken,
  { why, now, requestId }: { why: string; now: string; requestId: string },
): Promise<void> {
  const mark = uniqueKey(customerId, 'SESSION_REFUSED', `${sessionId}#${now.slice(0, 13)}`);
  try {
    const [node, noted] = await getAll([nodeKey(customerId), mark], true);
    const target = toNode(node);
    if (!target || noted) return;
    const { tenant: home, person: id } = candidate.claims;
    const expiresAt = Math.floor(Date.parse(now) / 1000) + keptSeconds;
    const plan: Plan = {
      writes: [{ do: 'create', item: { ...mark, kind: 'refusalNoted', expiresAt } }],
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
