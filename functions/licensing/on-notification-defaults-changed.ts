import { toNode } from '../../lib/aws/auth.ts';
import { LostRace } from '../../lib/aws/db.ts';
import { settle } from '../../lib/aws/settle.ts';
import { backoff, now } from '../../lib/aws/world.ts';
import { subscriber } from '../../lib/kit/context.ts';
import { digest } from '../../lib/kit/digest.ts';
import { announce, type Envelope } from '../../lib/kit/event.ts';
import type { Plan } from '../../lib/kit/plan.ts';
import { customerTypes, type Node } from '../../lib/kit/scope.ts';
import { defaultsChanged } from '../../lib/licensing/events.ts';
import { reevaluate } from '../../lib/licensing/settings.ts';
import { accountOf, customersOf, write } from '../../lib/licensing/store.ts';

const atOnce = 25;
const patienceMs = 6000;

/** Evaluates the customers that inherit a provider's changed thresholds: some now, the rest at the next event. */
export const onNotificationDefaultsChanged = subscriber({
  id: 'on-notification-defaults-changed',
  on: defaultsChanged,
  impact: 'Customers that inherit changed thresholds are told about them only when their use changes next.',
  handle: async (envelope) => {
    const providerId = envelope.subject;
    const { items, next } = await customersOf(providerId, atOnce, envelope.data.after ?? undefined);
    for (const item of items) {
      const node = toNode(item);
      if (node && customerTypes.includes(node.type)) await evaluate(envelope, node);
    }
    if (next) await apply(envelope, nodeOf(envelope), goOn(providerId, next));
  },
});

async function evaluate(envelope: Envelope, customer: Node): Promise<void> {
  const deadline = Date.now() + patienceMs;
  for (let attempt = 0; ; attempt++) {
    try {
      const account = await accountOf({ customerId: customer.id, providerId: envelope.subject }, true);
      await apply(envelope, customer, reevaluate(account, now()));
      return;
    } catch (error) {
      if (!(error instanceof LostRace) || Date.now() > deadline) throw error;
      await backoff(attempt);
    }
  }
}

function apply(envelope: Envelope, target: Node, plan: Plan): Promise<void> {
  const writes = settle(plan, {
    actor: {
      id: onNotificationDefaultsChanged.id,
      kind: 'system',
      home: envelope.subject,
      onBehalfOf: envelope.actor.id,
    },
    target,
    now: now(),
    requestId: envelope.traceId,
  });
  return write(writes, digest(envelope.id, target.id, Math.random()).slice(0, 36), Date.now() + patienceMs);
}

function nodeOf({ subject, tenant }: Envelope): Node {
  return { id: subject, type: 'PROVIDER', path: tenant.path, name: '', version: 0, item: {} };
}

function goOn(providerId: string, after: string): Plan {
  return {
    writes: [],
    receipt: {
      action: 'licensing.evaluate',
      subject: providerId,
      reason: 'More customers inherit the defaults',
    },
    announcements: [announce(defaultsChanged, providerId, { after })],
    reply: {},
  };
}
