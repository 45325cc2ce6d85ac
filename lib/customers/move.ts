import * as z from 'zod';
import { announce } from '../kit/event.ts';
import { awaitArrival, type Holdings, sameHoldings } from '../kit/holdings.ts';
import { prefixes } from '../kit/id.ts';
import { offerKey, operationKey, roleCollectionKey, settingsKey, treeEntry } from '../kit/keys.ts';
import type { Move } from '../kit/move.ts';
import { placed } from '../kit/move.ts';
import { type Plan, refuse, type Write } from '../kit/plan.ts';
import { notFound } from '../kit/problem.ts';
import { depthOf, inScope, maxDepth, type Node, providerOf } from '../kit/scope.ts';
import { id } from '../kit/text.ts';
import { allowedAlong } from './cascade.ts';
import { depart, standingSince } from './departure.ts';
import { sharedOf } from './domain.ts';
import { ask, engaged, engineOf } from './engine.ts';
import { moveRequested, provisioningRequested } from './events.ts';
import { type Forest, grown } from './forest.ts';
import {
  collectionsLost,
  domainsLost,
  itemsNotHeld,
  moveIntoItself,
  moveUnderway,
  notOffered,
  parentDisabled,
  parentNotReseller,
  rolesLost,
  subtreeUnseen,
  tooDeep,
  tooManyServices,
} from './problems.ts';
import { toCustomer } from './profile.ts';
import { admit, dismiss } from './reseller.ts';

type Stored = Readonly<Record<string, unknown>>;

/** Two counts change for each: more do not fit one transaction. */
const mostServices = 40;
/** With one for each role collection left behind. */
const mostBeside = 88;

export const moveTarget = z.strictObject({
  parentId: z.union([id('provider'), id('customer')]),
  acceptLostRoles: z
    .boolean()
    .default(false)
    .describe('Move even where roles usable there now are restricted above the new parent'),
});
export type MoveTarget = z.output<typeof moveTarget>;

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
    domains: z.array(z.string()).describe('Shared with the old parent: the move is refused'),
    collections: z
      .array(z.string())
      .describe('Role collections of resellers above no more that users there hold: the move is refused'),
    roles: z
      .array(z.string())
      .describe('Usable before, restricted above from now on: refused unless `acceptLostRoles`'),
  }),
});
export type Movement = z.infer<typeof movement>;

/** What a move depends on. */
export interface Journey {
  readonly forest: Forest;
  readonly parent: Node | undefined;
  /** Profiles above the node as it stands, and from the provider down to the new parent. */
  readonly above: { readonly old: readonly Stored[]; readonly new: readonly Stored[] };
  /** `whole`: all of it was seen. */
  readonly subtree: { readonly nodes: number; readonly levels: number; readonly whole: boolean };
  /** The version of the provider's count of customers, read before the subtree was sized. */
  readonly headcount: number | undefined;
  /** Services that the node has or may hand on (twice where both), and what the new parent offers (null: everything). */
  readonly held: readonly { readonly serviceId: string; readonly times: number }[];
  /** The version of these holdings, read before they were listed. */
  readonly holdings: number | undefined;
  /** What the new parent holds, read before its items were listed. */
  readonly parentHoldings: Holdings;
  readonly offered: readonly string[] | null;
  /** The same of the catalogue: items that the node has, and those of the new parent (null: everything). */
  readonly items: { readonly held: readonly string[]; readonly offered: readonly string[] | null };
  /** Role collections of the resellers that it leaves; `held`: by somebody of the subtree. */
  readonly collections: readonly {
    readonly id: string;
    readonly nodeId: string;
    readonly version: number;
    readonly held: boolean;
  }[];
}

/** Moves a node with everything below it to another parent: at once for readers, in the background for stored paths. */
export function moveCustomer(
  scope: { readonly home: Node; readonly target: Node },
  journey: Journey,
  made: { operationId: string; dryRun: boolean; acceptLostRoles: boolean; now: string },
): Plan<Movement> {
  const node = scope.target;
  const parent = destination(scope, journey);
  if (journey.forest.move) refuse(moveUnderway);
  if (!journey.subtree.whole) refuse(subtreeUnseen);
  const before = toCustomer(node.item);
  const lost = losses(node, journey, parent.id === before.parentId ? [] : sharedOf(before.domains));
  if (!made.dryRun) mustBear(lost, made.acceptLostRoles);
  if (journey.held.length > mostServices || 2 * journey.held.length + journey.collections.length > mostBeside)
    refuse(tooManyServices, undefined, { most: mostServices });
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
  const providerId = providerOf(node);
  const move: Move = {
    id: node.id,
    operationId: made.operationId,
    from: node.path.slice(0, -1),
    to: parent.path,
  };
  const { stored, after } = engaged(
    { ...node, item: { ...node.item, ...standingSince(made.now) } },
    { ...before, parentId: parent.id },
    {
      engine: ask(engineOf(node.item), 'move', node.version + 1),
      path: [...parent.path, node.id],
    },
  );
  return {
    writes: [
      stored,
      depart(node, made.now),
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
      sameHoldings(node.id, journey.holdings),
      ...expected(parent, journey, made.operationId),
      sameHeadcount(providerId, journey.headcount),
      ...handOver(journey.held, { from: before.parentId, to: parent.id }),
      ...journey.collections.map(letGo),
    ],
    receipt: {
      action: 'customers.move',
      subject: node.id,
      before: { parentId: before.parentId },
      after: { parentId: parent.id },
    },
    announcements: [
      announce(moveRequested, node.id, {
        operationId: made.operationId,
        providerId,
        fromId: before.parentId,
      }),
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

/** A reseller takes none of its items away from now on until those of the new customer are counted. */
function expected(parent: Node, { items, parentHoldings }: Journey, operationId: string): Write[] {
  if (items.held.length === 0 || items.offered === null) return [];
  return [awaitArrival(parent.id, parentHoldings, operationId)];
}

/** Binds the depth of a subtree to there being no customer more than when it was sized. */
const sameHeadcount = (providerId: string, version: number | undefined): Write => ({
  do: 'check',
  key: settingsKey(providerId, 'MSP_MODE'),
  version: version ?? null,
});

function destination(
  { home, target }: { readonly home: Node; readonly target: Node },
  { parent, subtree, forest }: Journey,
): Node {
  if (!parent || !inScope(home, parent) || parent.type === 'PLATFORM') refuse(notFound);
  if (parent.path.includes(target.id)) refuse(moveIntoItself);
  if (parent.type === 'CUSTOMER') refuse(parentNotReseller);
  if (depthOf(parent) + subtree.levels > maxDepth) refuse(tooDeep);
  if (parent.path.some((one) => forest.disabled.includes(one))) refuse(parentDisabled);
  return parent;
}

function losses(
  node: Node,
  { above, held, offered, items, collections }: Journey,
  domains: string[],
): Movement['lost'] {
  const roles = allowedAlong([...above.new, node.item]);
  const services = held.map(({ serviceId }) => serviceId);
  return {
    domains,
    services: absent(services, offered),
    items: absent(items.held, items.offered),
    collections: collections.filter((one) => one.held).map(({ id }) => id),
    roles: allowedAlong([...above.old, node.item]).filter((one) => !roles.includes(one)),
  };
}

const absent = (held: readonly string[], offered: readonly string[] | null) =>
  offered === null ? [] : held.filter((one) => !offered.includes(one));

function mustBear(
  { services, items, domains, collections, roles }: Movement['lost'],
  acceptLostRoles: boolean,
): void {
  if (services.length > 0) refuse(notOffered, undefined, { services });
  if (items.length > 0) refuse(itemsNotHeld, undefined, { items });
  if (domains.length > 0) refuse(domainsLost, undefined, { domains });
  if (collections.length > 0) refuse(collectionsLost, undefined, { collections });
  if (roles.length > 0 && !acceptLostRoles) refuse(rolesLost, undefined, { roles });
}

/** Nobody of the subtree is given a role collection of a reseller that it leaves, decided before. */
const letGo = ({ id, nodeId, version }: Journey['collections'][number]): Write => ({
  do: 'adjust',
  key: roleCollectionKey(nodeId, id),
  add: { version: 1 },
  version,
});

/** What the node has of its old parent’s offers it has of the new one’s from now on; a provider’s are not counted. */
function handOver(held: Journey['held'], between: { from: string; to: string }): Write[] {
  const counted = (parentId: string) => parentId.startsWith(prefixes.customer);
  return held.flatMap(({ serviceId, times }): Write[] => [
    ...(counted(between.from)
      ? [{ do: 'adjust', key: offerKey(between.from, serviceId), add: { held: -times } } satisfies Write]
      : []),
    ...(counted(between.to)
      ? [
          {
            do: 'adjust',
            key: offerKey(between.to, serviceId),
            add: { held: times },
            atLeast: { offered: 1 },
          } satisfies Write,
        ]
      : []),
  ]);
}

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
    grown(providerId, forest, { move: undefined, arrived: forest.move }),
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
