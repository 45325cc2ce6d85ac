import { toNode } from '../../lib/aws/auth.ts';
import { get } from '../../lib/aws/db.ts';
import { react } from '../../lib/aws/react.ts';
import type { Assignment } from '../../lib/catalog/assignment.ts';
import { assignedPage } from '../../lib/catalog/assignment-store.ts';
import type { Envelope } from '../../lib/kit/event.ts';
import { nodeKey } from '../../lib/kit/keys.ts';
import type { Plan } from '../../lib/kit/plan.ts';
import type { Node } from '../../lib/kit/scope.ts';
import { by } from './by.ts';

const atOnce = 25;

/** Where the customer stands while a page of what it has is decided. */
export interface Standing {
  readonly target: Node;
  readonly parentId: string;
}

/** What follows for all that the event's customer has of a catalogue, some items in each transaction, in the name of reaction `id`. */
export async function eachAssigned(
  envelope: Envelope,
  id: string,
  decide: (page: readonly Assignment[], standing: Standing) => Promise<Omit<Plan, 'reply'>>,
): Promise<void> {
  const customerId = envelope.subject;
  let after: string | undefined;
  do {
    const from = after;
    let next: string | null = null;
    await react(envelope, async () => {
      const [item, read] = await Promise.all([
        get(nodeKey(customerId), true),
        assignedPage(customerId, atOnce, from),
      ]);
      next = read.next;
      const target = toNode(item);
      if (!target) return undefined;
      const plan = await decide(read.assignments, { target, parentId: String(item?.parentId) });
      return { plan: { ...plan, reply: {} }, target, actor: by(envelope, id) };
    });
    after = next ?? undefined;
  } while (after);
}
