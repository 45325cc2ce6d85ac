import * as z from 'zod';
import { announce } from '../kit/event.ts';
import { operationKey, treeEntry } from '../kit/keys.ts';
import type { Move } from '../kit/move.ts';
import { placed } from '../kit/move.ts';
import { type Plan, refuse, type Write } from '../kit/plan.ts';
import { notFound } from '../kit/problem.ts';
import { depthOf, inScope, maxDepth, type Node, providerOf } from '../kit/scope.ts';
import { id } from '../kit/text.ts';
import { allowedAlong } from './cascade.ts';
import { edited } from './change.ts';
import { moveRequested, provisioningRequested } from './events.ts';
import { type Forest, grown } from './forest.ts';
import {
  itemsNotHeld,
  moveIntoItself,
  moveUnderway,
  notOffered,
  parentNotReseller,
  tooDeep,
} from './problems.ts';
import { restated, toCustomer } from './profile.ts';
import { admit, dismiss } from './reseller.ts';

type Stored = Readonly<Record<string, unknown>>;

export const moveTarget = z.strictObject({ parentId: z.union([id('provider'), id('customer')]) });

export const movement = z.strictObject({
  operationId: z.string(),
  customerId: z.string(),
  fromId: z.string(),
  toId: z.string(),
  status: z.enum(['InProgress', 'Provisioned']).describe('`Provisioned` when every stored path has followed'),
  nodes: z.int().describe('How many stand in the subtree'),
  lost: z.strictObject({
    services: z
      .array(z.string())
      .describe('Held or offered, but not offered by the new parent: the move is refused'),
    items: z
      .array(z.string())
      .describe('Of the catalogue, held but not by the new parent: the move is refused'),
    roles: z.array(z.string()).describe('Usable before, restricted above from now on'),
  }),
});
export type Movement = z.infer<typeof movement>;

/** What a move depends on. */
export interface Journey {
  readonly forest: Forest;
  readonly parent: Node | undefined;
  /** Profiles above the node as it stands, and from the provider down to the new parent. */
  readonly above: { readonly old: readonly Stored[]; readonly new: readonly Stored[] };
  readonly subtree: { readonly nodes: number; readonly levels: number };
  /** Services that the node holds or may hand on, and what the new parent offers (null: everything). */
  readonly held: readonly string[];
  readonly offered: readonly string[] | null;
  /** The same of the catalogue: items that the node has, and those of the new parent (null: everything). */
  readonly items: { readonly held: readonly string[]; readonly offered: readonly string[] | null };
}

/** Moves a node with everything below it to another parent: at once for readers, in the background for stored paths. */
export function moveCustomer(
  scope: { readonly home: Node; readonly target: Node; readonly move?: Move | undefined },
  journey: Journey,
  made: { operationId: string; dryRun: boolean },
): Plan<Movement> {
  const node = scope.target;
  const parent = destination(scope, journey);
  if (journey.forest.move) refuse(moveUnderway);
  const lost = losses(journey);
  if (lost.services.length > 0 && !made.dryRun) refuse(notOffered, undefined, { services: lost.services });
  if (lost.items.length > 0 && !made.dryRun) refuse(itemsNotHeld, undefined, { items: lost.items });
  const before = toCustomer(node.item);
  const body: Movement = {
    operationId: made.operationId,
    customerId: node.id,
    fromId: before.parentId,
    toId: parent.id,
    status: 'InProgress',
    nodes: journey.subtree.nodes,
    lost,
  };
  if (parent.id === before.parentId)
    return { writes: [], reply: { body: { ...body, status: 'Provisioned' } } };
  const after = edited({ ...before, parentId: parent.id });
  const providerId = providerOf(node);
  const move: Move = {
    id: node.id,
    operationId: made.operationId,
    from: node.path.slice(0, -1),
    to: parent.path,
  };
  return {
    writes: [
      restated(node, after, [...parent.path, node.id]),
      grown(providerId, journey.forest, { move, epoch: journey.forest.epoch + 1 }),
      {
        do: 'create',
        item: {
          ...operationKey(providerId, made.operationId),
          kind: 'move',
          askedAt: scope.home.id,
          ...body,
          version: 1,
        },
      },
      ...admit(parent),
      ...dismiss(before.parentId),
    ],
    receipt: {
      action: 'customers.move',
      subject: node.id,
      before: { parentId: before.parentId },
      after: { parentId: parent.id },
    },
    announcements: [
      announce(moveRequested, node.id, { operationId: made.operationId, providerId }),
      announce(provisioningRequested, node.id, {
        customerId: node.id,
        what: 'move',
        version: node.version + 1,
        code: after.code,
        parentId: parent.id,
      }),
    ],
    reply: { body, version: 1, location: `/v1/moves/${made.operationId}` },
  };
}

function destination(
  { home, target, move }: { readonly home: Node; readonly target: Node; readonly move?: Move | undefined },
  { parent: stored, subtree }: Journey,
): Node {
  const parent = stored && { ...stored, path: placed(stored.path, move) };
  if (!parent || !inScope(home, parent) || parent.type === 'PLATFORM') refuse(notFound);
  if (parent.path.includes(target.id)) refuse(moveIntoItself);
  if (parent.type === 'CUSTOMER') refuse(parentNotReseller);
  if (depthOf(parent) + subtree.levels > maxDepth) refuse(tooDeep);
  return parent;
}

function losses({ above, held, offered, items }: Journey): Movement['lost'] {
  const roles = allowedAlong(above.new);
  return {
    services: absent(held, offered),
    items: absent(items.held, items.offered),
    roles: allowedAlong(above.old).filter((one) => !roles.includes(one)),
  };
}

const absent = (held: readonly string[], offered: readonly string[] | null) =>
  offered === null ? [] : held.filter((one) => !offered.includes(one));

/** A stored profile below a moved node at its new place; undefined where it stands there already. */
export function follow(item: Stored, move: Move): Extract<Write, { do: 'replace' }> | undefined {
  const path = String(item.path).split('/');
  const to = placed(path, move);
  if (to.join('/') === path.join('/')) return undefined;
  const version = Number(item.version);
  return {
    do: 'replace',
    version,
    item: {
      ...(item as Stored & { PK: string; SK: string }),
      ...treeEntry(to[1] ?? '', to),
      path: to.join('/'),
      version: version + 1,
    },
  };
}

/** The end of a move: every stored path has followed. */
export function arrive(providerId: string, forest: Forest, operation: Stored): Write[] {
  const version = Number(operation.version);
  return [
    grown(providerId, forest, { move: undefined }),
    {
      do: 'replace',
      version,
      item: {
        ...(operation as Stored & { PK: string; SK: string }),
        status: 'Provisioned',
        version: version + 1,
      },
    },
  ];
}
