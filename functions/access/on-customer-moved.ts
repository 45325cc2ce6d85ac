import { accessChanged } from '../../lib/access/events.ts';
import { keep, movedAway, toGrant } from '../../lib/access/grant.ts';
import { givenList, grantAndNode } from '../../lib/access/store.ts';
import { standing } from '../../lib/aws/place.ts';
import { react } from '../../lib/aws/react.ts';
import { moveRequested } from '../../lib/customers/events.ts';
import { subscriber } from '../../lib/kit/context.ts';
import { announce, type Envelope } from '../../lib/kit/event.ts';
import { platformId } from '../../lib/kit/id.ts';

const atOnce = 50;
const patienceMs = 40_000;

/** Ends what customers have given to organizations below which they do not stand any more: at once it counts no more anyway. */
export const onCustomerMoved = subscriber({
  id: 'on-customer-moved',
  on: moveRequested,
  impact: 'Nobody is mailed that the access to a customer’s console has ended by its move.',
  handle: async (envelope) => {
    // The move goes on by events of its own: what had to end has ended after the first.
    if (envelope.actor.kind === 'system') return;
    const deadline = Date.now() + patienceMs;
    await endAt(envelope, envelope.subject);
    let after: string | undefined;
    do {
      const { ids, next } = await givenList(envelope.data.providerId, { limit: atOnce, after });
      for (const id of ids) await endAt(envelope, id);
      after = next ?? undefined;
    } while (after && Date.now() < deadline);
    if (after) throw new Error('More access is given than was looked at in time');
  },
});

function endAt(envelope: Envelope, customerId: string): Promise<void> {
  return react(envelope, async (now) => {
    const { grant, node } = await grantAndNode(customerId);
    const target = grant && (await standing(node));
    if (!target) return undefined;
    const before = toGrant(grant);
    const change = movedAway(before, target.path);
    if (!change) return undefined;
    const organization = before.to?.name ?? null;
    return {
      target,
      actor: { id: 'on-customer-moved', kind: 'system', home: platformId, onBehalfOf: envelope.actor.id },
      plan: {
        writes: keep({ customerId, providerId: envelope.tenant.providerId }, before, change, now),
        receipt: {
          action: 'access.end_by_move',
          subject: customerId,
          before: { state: before.state, to: before.to },
          after: { state: 'ENDED' },
        },
        announcements: [
          announce(accessChanged, customerId, { change: 'MOVED', by: 'PARTNER', organization }),
        ],
        reply: {},
      },
    };
  });
}
