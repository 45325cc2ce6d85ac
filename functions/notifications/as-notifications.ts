import { standing } from '../../lib/aws/place.ts';
import type { Decided } from '../../lib/aws/react.ts';
import type { Plan } from '../../lib/kit/plan.ts';

/** A plan at a stored node, in the name of this context; nothing where the node is no more. */
export async function asNotifications(
  plan: Plan,
  node: Record<string, unknown> | undefined,
): Promise<Decided> {
  const target = await standing(node);
  if (!target) return undefined;
  return { plan, target, actor: { id: 'notifications', kind: 'system', home: target.id } };
}
