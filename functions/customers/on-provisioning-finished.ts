import { LostRace } from '../../lib/aws/db.ts';
import { standing } from '../../lib/aws/place.ts';
import { settle } from '../../lib/aws/settle.ts';
import { backoff, now } from '../../lib/aws/world.ts';
import { finish } from '../../lib/customers/lifecycle.ts';
import { profileOf, write } from '../../lib/customers/store.ts';
import { subscriber } from '../../lib/kit/context.ts';
import { digest } from '../../lib/kit/digest.ts';
import type { Envelope } from '../../lib/kit/event.ts';
import { provisioningFinished } from '../../lib/provisioning/events.ts';
import { showService, showUser } from './show-provisioned.ts';

const patienceMs = 6000;

/** Shows on the customer what the engine has made of its last request; what was overtaken is left alone. */
export const onProvisioningFinished = subscriber({
  id: 'on-provisioning-finished',
  on: provisioningFinished,
  impact: 'Customers stay `Requested` although the provisioning engine is done with them.',
  handle: async (envelope) => {
    const { customerId, userId, serviceCode, ...outcome } = envelope.data;
    // A new password says nothing of what the user has been given.
    if (outcome.what === 'user_reset_password') return;
    if (userId !== null) return showUser({ ...envelope, data: { ...envelope.data, userId } });
    if (serviceCode !== null) {
      const target = await standing(await profileOf(customerId));
      return target && showService(envelope, target, serviceCode);
    }
    const deadline = Date.now() + patienceMs;
    for (let attempt = 0; ; attempt++) {
      const node = await standing(await profileOf(customerId));
      const plan = node && finish(node, outcome);
      if (!plan) return;
      const actor = by(envelope);
      const writes = settle(plan, { actor, target: node, now: now(), requestId: envelope.traceId });
      try {
        return await write(writes, digest(envelope.id, Math.random()).slice(0, 36), deadline);
      } catch (error) {
        if (!(error instanceof LostRace) || Date.now() > deadline) throw error;
        await backoff(attempt);
      }
    }
  },
});

const by = ({ tenant, actor }: Envelope) => ({
  id: 'on-provisioning-finished',
  kind: 'system' as const,
  home: tenant.providerId,
  onBehalfOf: actor.id,
});
