import { LostRace } from '../../lib/aws/db.ts';
import { settle } from '../../lib/aws/settle.ts';
import { backoff, now } from '../../lib/aws/world.ts';
import { moveRequested } from '../../lib/customers/events.ts';
import type { Forest } from '../../lib/customers/forest.ts';
import { arrive, follow } from '../../lib/customers/move.ts';
import { forestOf, operationOf, strayed, write } from '../../lib/customers/store.ts';
import { subscriber } from '../../lib/kit/context.ts';
import { digest } from '../../lib/kit/digest.ts';
import { announce, type Envelope } from '../../lib/kit/event.ts';
import type { Move } from '../../lib/kit/move.ts';
import type { Plan, Write } from '../../lib/kit/plan.ts';

const atOnce = 50;
const turns = 10;
const patienceMs = 6000;
const indexLagMs = 1000;

/** Lets the stored paths of a moved subtree follow, some at each event; a crash leaves the rest to the next try. */
export const onMoveRequested = subscriber({
  id: 'on-move-requested',
  on: moveRequested,
  impact: 'A move does not end, and no other subtree of that provider can be moved.',
  handle: async (envelope) => {
    const { providerId, operationId } = envelope.data;
    const forest = await forestOf(providerId);
    if (forest.move?.operationId !== operationId) return;
    for (let turn = 0; turn < turns; turn++) {
      if (await onward(forest.move)) continue;
      // What was added a moment ago may not be in the index yet.
      await new Promise((resolve) => setTimeout(resolve, indexLagMs));
      if (await onward(forest.move)) continue;
      return finish(envelope.data, forest.move);
    }
    await send(settled(envelope, goOn(envelope.subject, envelope.data)));
  },
});

/** One transaction's worth; false when nothing is left behind. */
async function onward(move: Move): Promise<boolean> {
  const deadline = Date.now() + patienceMs;
  for (let attempt = 0; ; attempt++) {
    const left = await strayed(move, atOnce);
    const writes = left.flatMap((item) => follow(item, move) ?? []);
    if (left.length === 0) return false;
    try {
      await send(writes);
      return true;
    } catch (error) {
      if (!(error instanceof LostRace) || Date.now() > deadline) throw error;
      await backoff(attempt);
    }
  }
}

async function finish({ providerId, operationId }: { providerId: string; operationId: string }, move: Move) {
  const deadline = Date.now() + patienceMs;
  for (let attempt = 0; ; attempt++) {
    const [forest, operation] = await Promise.all([
      forestOf(providerId),
      operationOf(providerId, operationId),
    ]);
    if (forest.move?.operationId !== move.operationId || !operation) return;
    try {
      return await send(arrive(providerId, forest as Forest, operation));
    } catch (error) {
      if (!(error instanceof LostRace) || Date.now() > deadline) throw error;
      await backoff(attempt);
    }
  }
}

const send = (writes: readonly Write[]) =>
  write(writes, digest(now(), Math.random()).slice(0, 36), Date.now() + patienceMs);

const goOn = (nodeId: string, data: { providerId: string; operationId: string }): Plan => ({
  writes: [],
  receipt: { action: 'customers.follow_move', subject: nodeId, reason: 'More stored paths have to follow' },
  announcements: [announce(moveRequested, nodeId, data)],
  reply: {},
});

function settled(envelope: Envelope, plan: Plan): Write[] {
  const { subject, tenant, actor, traceId } = envelope;
  return settle(plan, {
    actor: { id: 'on-move-requested', kind: 'system', home: tenant.providerId, onBehalfOf: actor.id },
    target: { id: subject, type: 'CUSTOMER', path: tenant.path, name: '', version: 0, item: {} },
    now: now(),
    requestId: traceId,
  });
}
