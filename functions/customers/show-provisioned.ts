import { standing } from '../../lib/aws/place.ts';
import { settle } from '../../lib/aws/settle.ts';
import { now } from '../../lib/aws/world.ts';
import { digest } from '../../lib/kit/digest.ts';
import type { Envelope } from '../../lib/kit/event.ts';
import type { Plan } from '../../lib/kit/plan.ts';
import type { Node } from '../../lib/kit/scope.ts';
import { finishServices } from '../../lib/services/finish.ts';
import { servicesOfCustomer, servicesOfUser } from '../../lib/services/store.ts';
import { finishUser } from '../../lib/users/finish.ts';
import { nodeAndUser, write } from '../../lib/users/store.ts';

/** What the engine finished, for a user or a service of the customer. */
interface Finished {
  readonly customerId: string;
  readonly userId: string;
  readonly status: 'Provisioned' | 'NotProvisioned' | 'Failed';
  readonly version: number;
  readonly requestId: string;
}

/** Shows on a user and on their services what the engine has made of them. A lost race comes again with the queue. */
export async function showUser(envelope: Envelope<Finished>): Promise<void> {
  const { customerId, userId, status, version, requestId } = envelope.data;
  const [[item, user], services] = await Promise.all([
    nodeAndUser(customerId, userId),
    servicesOfUser(customerId, userId),
  ]);
  const target = await standing(item);
  if (!target) return;
  await apply(envelope, target, user && finishUser(user, { status, version }));
  await apply(envelope, target, finishServices(services, { status, requestId }));
}

/** Shows on a service of a customer what the engine has made of it. */
export async function showService(
  envelope: Envelope<Omit<Finished, 'userId'>>,
  target: Node,
  serviceCode: string,
): Promise<void> {
  const { customerId, status, requestId } = envelope.data;
  const services = await servicesOfCustomer(customerId);
  const named = services.filter(({ code }) => code === serviceCode);
  await apply(envelope, target, finishServices(named, { status, requestId }));
}

async function apply(envelope: Envelope<unknown>, target: Node, plan: Plan | undefined): Promise<void> {
  if (!plan) return;
  const home = envelope.tenant.providerId;
  const actor = {
    id: 'on-provisioning-finished',
    kind: 'system' as const,
    home,
    onBehalfOf: envelope.actor.id,
  };
  const writes = settle(plan, { actor, target, now: now(), requestId: envelope.traceId });
  await write(writes, digest(envelope.id, Math.random()).slice(0, 36), Date.now() + 5000);
}
