import * as z from 'zod';
import { marketplaceKey, nameEntry } from '../kit/keys.ts';
import { type Item, refuse } from '../kit/plan.ts';
import { foldName, id, name } from '../kit/text.ts';
import { filter } from './filter.ts';
import { unreadableMarketplace } from './marketplace-problems.ts';
import { groupChoice, peopleFields, type SaidRules } from './rules.ts';
import type { Hold } from './shelf.ts';

const items = z
  .array(id('catalogItem'))
  .max(200)
  .refine((list) => new Set(list).size === list.length, 'names an item twice');
const allowEmpty = z
  .boolean()
  .default(false)
  .describe('Takes filters and groups that match nobody now, and attributes that nobody has yet');

/** A virtual marketplace: people of one customer × items assigned to it. */
export const marketplace = z.strictObject({
  id: z.string().describe('`mkt_…`'),
  customerId: z.string(),
  name: z.string(),
  everyone: z.boolean(),
  people: z.array(z.string()),
  groups: z.array(groupChoice),
  filters: z.array(filter),
  dynamicGroups: z.array(z.string()),
  items: z.array(z.string()),
  createdBy: z.string(),
  createdAt: z.string(),
  operationId: z
    .string()
    .nullable()
    .describe('The work in the background that its last change needed; see its progress there'),
});
export type MarketplaceView = z.input<typeof marketplace>;

export const marketplaceSummary = marketplace.pick({ id: true, name: true });

export const newMarketplace = z.strictObject({
  name: name(80),
  everyone: peopleFields.everyone.default(false),
  people: peopleFields.people.default([]),
  groups: peopleFields.groups.default([]),
  filters: peopleFields.filters.default([]),
  dynamicGroups: peopleFields.dynamicGroups.default([]),
  items: items.default([]),
  allowEmpty,
});
export type NewMarketplace = z.output<typeof newMarketplace>;

export const changedMarketplace = z.strictObject({
  name: name(80).optional(),
  everyone: peopleFields.everyone.optional(),
  people: peopleFields.people.optional(),
  groups: peopleFields.groups.optional(),
  filters: peopleFields.filters.optional(),
  dynamicGroups: peopleFields.dynamicGroups.optional(),
  items: items.optional(),
  allowEmpty,
});
export type ChangedMarketplace = z.output<typeof changedMarketplace>;

export interface Marketplace extends SaidRules {
  readonly id: string;
  readonly customerId: string;
  readonly name: string;
  /** Stands for it on assignments and end users' rows; never used again. */
  readonly number: number;
  readonly items: readonly string[];
  readonly createdBy: string;
  readonly createdAt: string;
  readonly operationId: string | null;
  readonly version: number;
}

const stored = marketplace
  .omit({ customerId: true })
  .extend({
    number: z.number(),
    dynamicGroups: z.array(z.string()).default([]),
    version: z.number(),
  })
  .strip();

/** A stored marketplace. Refuses one that a newer version has stored, or that is damaged. */
export function toMarketplace(item: Readonly<Record<string, unknown>>, customerId: string): Marketplace {
  return readMarketplace(item, customerId) ?? refuse(unreadableMarketplace);
}

/** The same; undefined where it cannot be read, so that one keeps nothing from the others. */
export function readMarketplace(
  item: Readonly<Record<string, unknown>>,
  customerId: string,
): Marketplace | undefined {
  const read = stored.safeParse(item);
  return read.success ? { customerId, ...read.data } : undefined;
}

export function marketplaceItem(one: Marketplace): Item & { version: number } {
  const { customerId, ...rest } = one;
  return {
    ...marketplaceKey(customerId, one.id),
    ...nameEntry(customerId, 'MARKET', foldName(one.name), one.id),
    kind: 'marketplace',
    ...rest,
    summary: { number: one.number, dynamicGroups: one.dynamicGroups },
  };
}

export function viewMarketplace({
  number: _number,
  version: _version,
  ...one
}: Marketplace): MarketplaceView {
  return {
    ...one,
    people: [...one.people],
    groups: [...one.groups],
    filters: [...one.filters],
    dynamicGroups: [...one.dynamicGroups],
    items: [...one.items],
  };
}

/** How a marketplace, or none any more, holds an item. */
export function holdOf(one: Pick<Marketplace, 'items' | 'everyone'> | undefined, itemId: string): Hold {
  if (!one?.items.includes(itemId)) return 'NOT';
  return one.everyone ? 'EVERYONE' : 'PEOPLE';
}

/** Whether its rules are seen in the rows of end users. */
export const contributes = ({ everyone, ...lists }: SaidRules): boolean =>
  !everyone &&
  lists.people.length + lists.groups.length + lists.filters.length + lists.dynamicGroups.length > 0;
