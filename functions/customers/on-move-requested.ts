import { LostRace } from '../../lib/aws/db.ts';
import { settle } from '../../lib/aws/settle.ts';
import { backoff, now } from '../../lib/aws/world.ts';
import { isWhole, take } from '../../lib/customers/census.ts';
import { moveRequested } from '../../lib/customers/events.ts';
import { arrive, follow } from '../../lib/customers/move.ts';
import {
  arrivedNodes,
  forestOf,
  leftBehind,
  operationOf,
  profileOf,
  sellingsOf,
  write,
} from '../../lib/customers/store.ts';
import { subscriber } from '../../lib/kit/context.ts';
import { digest } from '../../lib/kit/digest.ts';
import { announce, type Envelope } from '../../lib/kit/event.ts';
import type { Move } from '../../lib/kit/move.ts';
import type { Plan, Write } from '../../lib/kit/plan.ts';

const atOnce = 50;
const turns = 40;
const patienceMs = 6000;
const pausesMs = [0, 200, 800, 2000];

/** Lets the stored paths of a moved subtree follow, some at each event; a crash leaves the rest to the next try. */
export const onMoveRequested = subscriber({
  id: 'on-move-requested',
  on: moveRequested,
  impact: 'A move does not end, and no other subtree of that provider can be moved.',
  handle: async (envelope) => {
    const { providerId, operationId } = envelope.data;
    const { move } = await forestOf(providerId);
    if (move?.operationId !== operationId) return;
    // What was added a moment ago may not be in the index yet: looked at again until the counts agree.
    for (const pause of pausesMs) {
      await new Promise((resolve) => setTimeout(resolve, pause));
      if (!(await sweep(move))) return send(settled(envelope, goOn(envelope.subject, envelope.data)));
      if (await hasArrived(move)) return finish(envelope.data, move);
    }
    throw new Error(`The index does not show all of ${move.id} at its new place yet`);
  },
});

/** Lets what the index still shows at the old place follow; false when that is more than one event's worth. */
async function sweep(move: Move): Promise<boolean> {
  let after: string | undefined;
  for (let turn = 0; turn < turns; turn++) {
    const next = await onward(move, after);
    if (next === null) return true;
    after = next;
  }
  return false;
}

/** One transaction's worth. */
function onward(move: Move, after: string | undefined): Promise<string | null> {
  return again(async () => {
    const { items, next } = await leftBehind(move, { limit: atOnce, after });
    await send(items.flatMap((item) => follow(item, move) ?? []));
    return next;
  });
}

async function hasArrived(move: Move): Promise<boolean> {
  // Deleted meanwhile: then nothing stood below it any more.
  if (!(await profileOf(move.id))) return true;
  const census = await take(arrivedNodes(move), move);
  return isWhole(census, move, await sellingsOf([...census.resellers.keys()]));
}

function finish({ providerId, operationId }: { providerId: string; operationId: string }, move: Move) {
  return again(async () => {
    const [forest, operation] = await Promise.all([
      forestOf(providerId),
      operationOf(providerId, operationId),
    ]);
    if (forest.move?.operationId !== move.operationId || !operation) return;
    await send(arrive(providerId, forest, operation));
  });
}

async function again<T>(attempt: () => Promise<T>): Promise<T> {
  const deadline = Date.now() + patienceMs;
  for (let tries = 0; ; tries++) {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof LostRace) || Date.now() > deadline) throw error;
      await backoff(tries);
    }
  }
}

const send = (writes: readonly Write[]) =>
  write(writes, digest(now(), Math.random()).slice(0, 36), Date.now() + patienceMs);

const goOn = (nodeId: string, data: { providerId: string; operationId: string; fromId: string }): Plan => ({
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
