import { toNode } from '../../lib/aws/auth.ts';
import { get } from '../../lib/aws/db.ts';
import { react } from '../../lib/aws/react.ts';
import { customerLinked, customerUnlinked, namesFollow } from '../../lib/customers/events.ts';
import { namesBatch } from '../../lib/customers/link-store.ts';
import { followNames } from '../../lib/customers/names.ts';
import { subscriber } from '../../lib/kit/context.ts';
import type { Envelope } from '../../lib/kit/event.ts';
import { platformId } from '../../lib/kit/id.ts';
import { nodeKey } from '../../lib/kit/keys.ts';

const usualTurns = 40;

export const onPartnerChanged = subscriber({
  id: 'on-partner-changed',
  on: { anyOf: [customerUnlinked, customerLinked, namesFollow] },
  impact:
    'Users of a customer that has changed hands cannot be added or renamed, and it cannot change hands again.',
  handle: (envelope) => bringNames(envelope, usualTurns),
});

/** Brings the names of a customer's users to where it stands now, some at each turn; a crash leaves the rest to the next try. */
export async function bringNames(envelope: Envelope, turns: number): Promise<void> {
  const customerId = envelope.subject;
  const actor = { id: 'on-partner-changed', kind: 'system', home: platformId } as const;
  for (let turn = 1, more = true; more && turn <= turns; turn++) {
    await react(envelope, async () => {
      const [batch, item] = await Promise.all([namesBatch(customerId), get(nodeKey(customerId), true)]);
      const target = toNode(item);
      more = batch?.more === true;
      if (!batch || !target) return undefined;
      return { plan: followNames(customerId, batch, turn === turns), target, actor };
    });
  }
}
