import * as z from 'zod';
import { announce } from '../kit/event.ts';
import { changeHoldings, type Holdings } from '../kit/holdings.ts';
import { assignmentKey, nameEntry, nodeKey } from '../kit/keys.ts';
import { type Item, type Plan, refuse, type Write } from '../kit/plan.ts';
import { notFound, Problem } from '../kit/problem.ts';
import type { Node } from '../kit/scope.ts';
import { foldName } from '../kit/text.ts';
import { itemType } from './content.ts';
import { itemAssigned, itemUnassigned } from './events.ts';
import type { CatalogItem } from './item.ts';
import { heldBelow, movingIn, notAvailable } from './problems.ts';
import { type CatalogSettings, unaltered } from './settings.ts';

/** An item of the catalogue that a customer or reseller has: the ceiling for everything below. */
export const assignment = z.strictObject({
  itemId: z.string(),
  type: itemType,
  name: z.string().describe('As it was published when the customer was given it'),
  published: z.boolean().describe('Otherwise nobody can order it until it is published again'),
  restricted: z.boolean().describe('Not in the full view: only marketplaces give it'),
  fullView: z.boolean().describe('Everyone may have it, without a marketplace'),
  marketplaces: z.int().describe('How many hold it'),
  below: z.int().describe('How many right below a reseller have it from here'),
  assignedAt: z.string(),
});
export type AssignmentView = z.infer<typeof assignment>;

const stored = z.object({
  id: z.string(),
  type: itemType,
  name: z.string(),
  from: z.string(),
  markets: z.array(z.number()),
  everyone: z.array(z.number()),
  restricted: z.number(),
  open: z.number(),
  below: z.number(),
  createdAt: z.string(),
  version: z.number(),
});
export type Assignment = z.infer<typeof stored>;
export const toAssignment = (item: Readonly<Record<string, unknown>>): Assignment => stored.parse(item);

export const assignmentSummary = assignment.pick({ itemId: true, type: true, name: true });
export const summarizeAssignment = ({ id, type, name }: Readonly<Record<string, unknown>>) =>
  assignmentSummary.parse({ itemId: id, type, name });

export function viewAssignment(one: Assignment, published: boolean): AssignmentView {
  const { id, type, name, below, createdAt } = one;
  return {
    itemId: id,
    type,
    name,
    published,
    restricted: one.restricted === 1,
    fullView: one.open === 1,
    marketplaces: one.markets.length + one.everyone.length,
    below,
    assignedAt: createdAt,
  };
}

export function assignmentItem(customerId: string, one: Assignment): Item & { version: number } {
  return {
    ...assignmentKey(customerId, one.id),
    ...nameEntry(customerId, 'ASSIGNED', foldName(one.name), one.id),
    kind: 'assignment',
    ...one,
  };
}

/** What giving an item depends on: the item, what the parent has, what the customer has, its rules. */
export interface Handing {
  readonly item: CatalogItem | undefined;
  readonly parentId: string;
  readonly above: Assignment | undefined;
  readonly current: Assignment | undefined;
  readonly settings: CatalogSettings;
  /** Whether changes of what the customer holds were counted before. */
  readonly told: boolean;
}

const sold = (parentId: string) => parentId.startsWith('cus_');

/** A child more or less that has the item from a reseller; nothing to count at the provider. */
export function counted(parentId: string, itemId: string, by: 1 | -1): Write[] {
  if (!sold(parentId)) return [];
  const key = assignmentKey(parentId, itemId);
  return [
    {
      do: 'adjust',
      key,
      add: { below: by, version: 1 },
      atLeast: { below: by === 1 ? 0 : 1 },
      ...(by === 1 ? { short: new Problem(notAvailable) } : {}),
    },
  ];
}

/** Gives a customer an item that its parent has: the provider all that is published, a reseller what it was given. */
export function assign(customer: Node, handing: Handing, now: string): Plan<AssignmentView> {
  const { item, parentId, current, settings } = handing;
  const found = item ?? refuse(notFound);
  const shown = found.published !== null;
  if (current) {
    return {
      writes: [],
      reply: { status: 200, body: viewAssignment(current, shown), version: current.version },
    };
  }
  if (!found.published || (sold(parentId) && !handing.above)) refuse(notAvailable);
  const after: Assignment = {
    id: found.id,
    type: found.type,
    name: found.published.name,
    from: parentId,
    markets: [],
    everyone: [],
    restricted: 0,
    open: settings.fullView ? 1 : 0,
    below: 0,
    createdAt: now,
    version: 1,
  };
  return {
    writes: [
      { do: 'create', item: assignmentItem(customer.id, after) },
      ...counted(parentId, found.id, 1),
      unaltered(customer.id, settings),
      // A move sees the item, or the item sees the move.
      { do: 'check', key: nodeKey(customer.id), version: customer.version },
      changeHoldings(customer.id, handing.told),
    ],
    receipt: { action: 'catalogue.assign', subject: found.id, after: { name: after.name, type: after.type } },
    announcements: [announce(itemAssigned, customer.id, { itemId: found.id, type: found.type })],
    reply: {
      body: viewAssignment(after, true),
      version: 1,
      location: `/v1/customers/${customer.id}/catalogue/items/${found.id}`,
    },
  };
}

/** Takes an item that nobody right below has: closed at once, in every marketplace and to every end user. */
export function unassign(customerId: string, current: Assignment, holdings: Holdings): Plan {
  const { id, name, below, markets, everyone, version } = current;
  if (below > 0) refuse(heldBelow, undefined, { below });
  if (holdings.arriving.length > 0) refuse(movingIn);
  return {
    writes: [
      { do: 'remove', key: assignmentKey(customerId, id), version },
      ...counted(current.from, id, -1),
      // A move to here sees that the item is gone, or this sees the move.
      changeHoldings(customerId, holdings.version !== undefined, holdings),
    ],
    receipt: {
      action: 'catalogue.unassign',
      subject: id,
      before: { name, marketplaces: markets.length + everyone.length },
    },
    announcements: [announce(itemUnassigned, customerId, { itemId: id })],
    reply: { status: 204 },
  };
}

/** An item of a customer that has moved is had from its new parent; undefined where it is already. */
export function rehomed(customerId: string, current: Assignment, parentId: string): Write[] | undefined {
  if (current.from === parentId) return undefined;
  const version = current.version + 1;
  return [
    {
      do: 'replace',
      version: current.version,
      item: assignmentItem(customerId, { ...current, from: parentId, version }),
    },
    ...counted(current.from, current.id, -1),
    ...counted(parentId, current.id, 1),
  ];
}

/** An item of a customer that is no more goes back to where it came from, unless that is no more itself. */
export function returned(customerId: string, current: Assignment, giver: Assignment | undefined): Write[] {
  return [
    { do: 'remove', key: assignmentKey(customerId, current.id), version: current.version },
    ...(giver ? counted(current.from, current.id, -1) : []),
  ];
}
