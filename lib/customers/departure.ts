import { formerCustomerKey } from '../kit/keys.ts';
import type { Write } from '../kit/plan.ts';
import type { Node } from '../kit/scope.ts';
import { toCustomer } from './profile.ts';

/** Since when a node has stood below its parent, where it has moved before; in the name index as `at`. */
export const standingSince = (now: string) => ({ at: now });

/** Keeps with the parent that a customer leaves, by a move or by deletion, from when until when it stood there: for bills. */
export function depart(node: Node, now: string): Write {
  const { id, name, parentId, createdAt } = toCustomer(node.item);
  const from = String(node.item.at ?? createdAt);
  return {
    do: 'create',
    item: { ...formerCustomerKey(parentId, now, id), kind: 'former', id, name, from, to: now },
  };
}
