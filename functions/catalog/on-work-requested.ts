import { toNode } from '../../lib/aws/auth.ts';
import { get } from '../../lib/aws/db.ts';
import { react } from '../../lib/aws/react.ts';
import type { Markets } from '../../lib/catalog/enrolment.ts';
import { workRequested } from '../../lib/catalog/events.ts';
import { type Place, placeOf, standing } from '../../lib/catalog/people-store.ts';
import { stepped } from '../../lib/catalog/step.ts';
import type { Work } from '../../lib/catalog/work.ts';
import { nextStep, workOf } from '../../lib/catalog/work-store.ts';
import { subscriber } from '../../lib/kit/context.ts';
import type { Envelope } from '../../lib/kit/event.ts';
import { nodeKey } from '../../lib/kit/keys.ts';
import type { Node } from '../../lib/kit/scope.ts';
import { by } from './by.ts';
import { mustBeTold } from './follow-people.ts';

const turnMs = 20_000;

export const onWorkRequested = subscriber({
  id: 'on-work-requested',
  on: workRequested,
  impact: 'People see marketplaces, full view or new items later than they should, or not at all.',
  handle: (envelope) => workOn(envelope, turnMs),
});

/** Works on, step by step, until the work is done or the turn is over; a crash leaves the rest to the next try. */
export async function workOn(envelope: Envelope<{ operationId: string }>, turn: number): Promise<void> {
  const customerId = envelope.subject;
  const until = Date.now() + turn;
  let seen: { node: Node; place: Place } | undefined;
  let markets: Markets | undefined;
  const untold = new Set<number>();
  let work: Work | undefined = await workOf(customerId, envelope.data.operationId);
  while (work && work.finishedAt === null) {
    const tired = Date.now() > until;
    await react(envelope, async (now, again) => {
      if (again) work = await workOf(customerId, envelope.data.operationId);
      if (again || !seen) seen = await surroundings(customerId, now);
      if (!seen || !work || work.finishedAt !== null) return undefined;
      const before = work;
      const found = await nextStep(before, { ...seen.place, now }, markets);
      markets = found.markets;
      work = found.step.after;
      const { settings } = found.markets;
      for (const number of found.step.untold ?? []) untold.add(number);
      const plan = stepped(before, found.step, { tired, settings, standing: standing(seen.node) });
      return { plan, target: seen.node, actor: by(envelope, 'on-work-requested') };
    });
    if (tired || !seen) break;
  }
  mustBeTold(customerId, untold);
}

async function surroundings(customerId: string, now: string) {
  const node = toNode(await get(nodeKey(customerId), true));
  return node && { node, place: await placeOf(node, now) };
}
