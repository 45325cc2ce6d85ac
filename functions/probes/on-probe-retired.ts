import { toNode } from '../../lib/aws/auth.ts';
import { react } from '../../lib/aws/react.ts';
import { subscriber } from '../../lib/kit/context.ts';
import type { Envelope } from '../../lib/kit/event.ts';
import { placed } from '../../lib/kit/move.ts';
import { mostItems } from '../../lib/licensing/item.ts';
import { clear } from '../../lib/probes/clearance.ts';
import { itemsRemain, probeRetired } from '../../lib/probes/events.ts';
import { clearanceStanding } from '../../lib/probes/inventory-store.ts';
import { toRemoval } from '../../lib/probes/operation.ts';

const turnMs = 15_000;

/** Deletes the items of a probe that was retired, page by page; a crash leaves the rest to the next try. */
export const onProbeRetired = subscriber<{ operationId: string }>({
  id: 'on-probe-retired',
  on: { anyOf: [probeRetired, itemsRemain] },
  impact: 'Items of retired probes keep their licences.',
  handle: async (envelope) => {
    const until = Date.now() + turnMs;
    for (let more = true; more; ) more = await clearSome(envelope, until);
  },
});

async function clearSome(envelope: Envelope<{ operationId: string }>, until: number): Promise<boolean> {
  const { subject: probeId, tenant, actor, data } = envelope;
  const of = { customerId: tenant.id, providerId: tenant.providerId, probeId, ...data };
  let more = false;
  await react(envelope, async (now) => {
    const { items, account, operation, node: item, move } = await clearanceStanding(of, mostItems);
    const node = toNode(item);
    const work = operation && toRemoval(operation);
    more = false;
    if (!node || !work || work.finishedAt !== null) return undefined;
    const last = items.length < mostItems;
    const tired = Date.now() > until;
    more = !last && !tired;
    return {
      plan: clear(work, { items, account }, { last, tired, now }),
      target: { ...node, path: placed(node.path, move) },
      actor: { id: 'on-probe-retired', kind: 'system', home: tenant.providerId, onBehalfOf: actor.id },
    };
  });
  return more;
}
