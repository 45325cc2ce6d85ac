import { toNode } from '../../lib/aws/auth.ts';
import { getAll } from '../../lib/aws/db.ts';
import { type Decided, react } from '../../lib/aws/react.ts';
import { subtreePage } from '../../lib/aws/subtree.ts';
import { beneath } from '../../lib/aws/vouch.ts';
import { newId } from '../../lib/aws/world.ts';
import { subscriber } from '../../lib/kit/context.ts';
import { announce, type Envelope } from '../../lib/kit/event.ts';
import { platformId, prefixes } from '../../lib/kit/id.ts';
import { forestKey } from '../../lib/kit/keys.ts';
import type { Move } from '../../lib/kit/move.ts';
import type { Plan } from '../../lib/kit/plan.ts';
import { type Actor, customerTypes, type Node } from '../../lib/kit/scope.ts';
import { defaultsChanged } from '../../lib/licensing/events.ts';
import { reevaluate } from '../../lib/licensing/settings.ts';
import { accountOf } from '../../lib/licensing/store.ts';

const atOnce = 25;

/** Evaluates the customers that inherit a provider's changed thresholds: some now, the rest at the next event. */
export const onNotificationDefaultsChanged = subscriber({
  id: 'on-notification-defaults-changed',
  on: defaultsChanged,
  impact: 'Customers that inherit changed thresholds are told about them only when their use changes next.',
  handle: async (envelope) => {
    const providerId = envelope.subject;
    const { items, next } = await customersOf(providerId, envelope.data.after);
    for (const { path, ...item } of items) {
      const node = toNode(item);
      if (node && customerTypes.includes(node.type))
        await beneath(path, () => react(envelope, (at) => evaluate(envelope, { ...node, path }, at)));
    }
    if (next) await react(envelope, async (at, again) => (again ? undefined : goOn(envelope, next, at)));
  },
});

/** A page of the tree. What has moved since the page before may stand before it now: then all are looked at again. */
async function customersOf(providerId: string, position: string | null) {
  const [tree] = await getAll([forestKey(providerId)], true);
  const epoch = String(tree?.epoch ?? 0);
  const [seen, after] = position?.split(':') ?? [];
  const query = {
    limit: atOnce,
    after: seen === epoch ? after : undefined,
    move: tree?.move as Move | undefined,
  };
  const { items, next } = await subtreePage([platformId, providerId], query);
  return { items, next: next && `${epoch}:${next}` };
}

async function evaluate(envelope: Envelope, target: Node, at: string): Promise<Decided> {
  const account = await accountOf({ customerId: target.id, providerId: envelope.subject }, true);
  return { plan: reevaluate(account, at), target, actor: actorOf(envelope) };
}

const actorOf = ({ subject, actor }: Envelope): Actor => ({
  id: onNotificationDefaultsChanged.id,
  kind: 'system',
  home: subject,
  onBehalfOf: actor.id,
});

/** The next page; its receipt is named after this event, so that an event delivered twice goes on once. */
function goOn(envelope: Envelope, after: string, at: string): NonNullable<Decided> {
  const { id, subject: providerId, tenant } = envelope;
  const plan: Plan = {
    writes: [],
    receipt: {
      action: 'licensing.evaluate',
      subject: providerId,
      reason: 'More customers inherit the defaults',
    },
    announcements: [announce(defaultsChanged, providerId, { after })],
    reply: {},
  };
  const target: Node = {
    id: providerId,
    type: 'PROVIDER',
    path: tenant.path,
    name: '',
    version: 0,
    item: {},
  };
  return {
    plan,
    target,
    actor: actorOf(envelope),
    newId: (kind) => (kind === 'audit' ? `${prefixes.audit}_${id.slice(-26)}` : newId(kind, Date.parse(at))),
  };
}
