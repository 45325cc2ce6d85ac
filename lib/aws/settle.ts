import { note } from '../kit/event.ts';
import type { Kind } from '../kit/id.ts';
import { auditKey, rootEntry, sessionEntry } from '../kit/keys.ts';
import type { Item, Plan, Write } from '../kit/plan.ts';
import { type Actor, type Node, providerOf } from '../kit/scope.ts';
import { newId, secret } from './world.ts';

/** Who settles a plan, on which node, when. */
export interface Settlement {
  readonly actor: Actor;
  readonly target: Node;
  readonly now: string;
  readonly requestId: string;
  readonly newId?: (kind: Kind) => string;
}

/** A plan's writes with its receipts (audit entries) and announced events in them, ready for `commit`. */
export function settle(plan: Plan, settlement: Settlement): Write[] {
  const { aside = [], ...own } = plan;
  const others = aside.flatMap(({ target, actor = settlement.actor, ...one }) =>
    settleOne({ ...one, writes: [], reply: {} }, { ...settlement, target, actor }),
  );
  return [...settleOne(own, settlement), ...others];
}

function settleOne(plan: Plan, settlement: Settlement): Write[] {
  const by = standing(plan, settlement);
  const fresh = by.newId ?? ((kind: Kind) => newId(kind, Date.parse(by.now)));
  const announced = plan.announcements ?? [];
  const ev = announced.length > 0 ? note(announced, () => fresh('event')) : undefined;
  if (plan.outbox !== undefined) {
    const announcing = { ev, path: by.target.path.join('/'), traceId: by.requestId };
    return plan.writes.map((write, index) =>
      index === plan.outbox && write.do === 'create' && ev
        ? { ...write, item: { ...write.item, ...announcing } }
        : write,
    );
  }
  if (!plan.receipt) {
    if (ev) throw new Error('A plan announces but has neither receipt nor outbox');
    return [...plan.writes];
  }
  return [...plan.writes, { do: 'create', item: receiptItem(plan.receipt, by, fresh('audit'), ev) }];
}

// What the platform does to a provider stands in that provider's audit and is announced as the provider's.
function standing(plan: Plan, by: Settlement): Settlement {
  const id = plan.receipt?.tenantId;
  if (by.target.type !== 'PLATFORM' || id === undefined || id === by.target.id) return by;
  return { ...by, target: { ...by.target, id, type: 'PROVIDER', path: [by.target.id, id] } };
}

function receiptItem(
  receipt: NonNullable<Plan['receipt']>,
  by: Settlement,
  id: string,
  ev: string | undefined,
): Item {
  const { tenantId = by.target.id, ...rest } = receipt;
  const { session, onBehalfOf = '' } = by.actor;
  return {
    ...auditKey(tenantId, id),
    ...rootEntry(providerOf(by.target), 'AUDIT', id),
    ...(session === undefined ? {} : sessionEntry(onBehalfOf, session, id)),
    kind: 'audit',
    id,
    at: by.now,
    actor: by.actor,
    path: by.target.path.join('/'),
    requestId: by.requestId,
    ...rest,
    // Some see such entries in part: without it, the hash that seals the rest would let them try what they are not told.
    ...(session !== undefined || rest.action.startsWith('access.') ? { salt: secret(9) } : {}),
    ev,
  };
}
