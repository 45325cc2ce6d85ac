import { react } from '../../lib/aws/react.ts';
import { isToldBelowZero } from '../../lib/credits/alerts.ts';
import { balanceLow, balanceRecovered } from '../../lib/credits/events.ts';
import { headOf } from '../../lib/credits/store.ts';
import {
  accountOpened,
  customerAdded,
  customerDeleted,
  customerLinked,
  customerUnlinked,
  moveRequested,
} from '../../lib/customers/events.ts';
import { subscriber } from '../../lib/kit/context.ts';
import type { Envelope } from '../../lib/kit/event.ts';
import { prefixes } from '../../lib/kit/id.ts';
import { overLimitChanged, useChanged } from '../../lib/licensing/events.ts';
import {
  probeAwaitingApproval,
  probeCameBack,
  probeCreated,
  probeEnrolled,
  probeRetired,
  probeRevoked,
  probeWentDown,
} from '../../lib/probes/events.ts';
import { handOn } from '../../lib/probes/rollup.ts';
import { rollupStanding } from '../../lib/probes/rollup-store.ts';

/** Everything after which the sums of a node may be others. */
const causes = [
  probeCreated,
  probeEnrolled,
  probeAwaitingApproval,
  probeRevoked,
  probeRetired,
  probeWentDown,
  probeCameBack,
  useChanged,
  overLimitChanged,
  balanceLow,
  balanceRecovered,
  customerAdded,
  customerDeleted,
  customerUnlinked,
  accountOpened,
  customerLinked,
  moveRequested,
];

/** Hands changed sums up the tree, node by node; each step is whole by itself, and the next try goes on from any of them. */
export const onTotalsChanged = subscriber({
  id: 'on-totals-changed',
  on: { anyOf: causes },
  impact: 'Overviews of providers and resellers show older sums of what is below them.',
  handle: async (envelope) => {
    for (const nodeId of concerned(envelope)) await climb(envelope, nodeId);
  },
});

async function isBelowZero(customerId: string): Promise<boolean> {
  const { head } = await headOf(customerId, true);
  return head !== null && isToldBelowZero(head);
}

/** Where the walks up begin: where something changed, and where a node has left. */
function concerned({ type, subject, tenant, data }: Envelope): string[] {
  const told = data as { parentId?: string; fromId?: string };
  if (type === customerDeleted.type || type === customerUnlinked.type) return [subject, told.parentId ?? ''];
  if (type === moveRequested.type) return [subject, told.fromId ?? ''];
  return [subject.startsWith(prefixes.customer) ? subject : tenant.id];
}

async function climb(envelope: Envelope, from: string): Promise<void> {
  const next = [from];
  for (let nodeId = next.pop(); nodeId !== undefined; nodeId = next.pop())
    // A provider stands on top: it hands nothing on.
    if (nodeId.startsWith(prefixes.customer)) next.push(...(await stepUp(envelope, nodeId)));
}

/** Brings a node's parent up to date; answers who has to go on. */
async function stepUp(envelope: Envelope, nodeId: string): Promise<string[]> {
  const { tenant } = envelope;
  let above: string[] = [];
  await react(envelope, async () => {
    const { before, now, known } = await rollupStanding(nodeId, isBelowZero);
    above = [...new Set([before.givenTo, now.parentId])].filter((one) => one !== null);
    return {
      plan: { writes: handOn(before, now, known), reply: {} },
      target: { id: nodeId, type: 'CUSTOMER', path: tenant.path, name: '', version: 0, item: {} },
      actor: { id: 'on-totals-changed', kind: 'system', home: tenant.providerId },
    };
  });
  return above;
}
