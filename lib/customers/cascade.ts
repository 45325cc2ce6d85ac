import { type Move, placed } from '../kit/move.ts';
import { effective } from '../kit/permission.ts';
import type { Node, NodeType } from '../kit/scope.ts';
import { type RoleName, roleName } from './particulars.ts';

type Stored = Readonly<Record<string, unknown>>;

/** A stored profile as a node of the tree, where it really is while a subtree moves. */
export function nodeFrom(item: Stored, move?: Move): Node {
  const { id, type, path, name, version } = item as Record<string, string> & { type: NodeType };
  return {
    id,
    type,
    path: placed(String(path).split('/'), move),
    name,
    version: Number(version),
    item,
  } as Node;
}

/** The roles that every node of a line allows, from the provider down: the rule that counts at each request. */
export const allowedAlong = (line: readonly Stored[]): RoleName[] => effective(roleName.options, line);
