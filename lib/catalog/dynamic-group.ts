import * as z from 'zod';
import { dynamicGroupKey, nameEntry } from '../kit/keys.ts';
import { type Item, refuse } from '../kit/plan.ts';
import { foldName, name } from '../kit/text.ts';
import { preview } from './census.ts';
import { unreadableGroup } from './dynamic-group-problems.ts';
import { filter } from './filter.ts';
import type { Gathering } from './rules.ts';

const filters = z
  .array(filter)
  .min(1)
  .max(10)
  .describe('Who passes any of them is in the group, now or later');
const allowEmpty = z
  .boolean()
  .default(false)
  .describe('Takes filters that match nobody now, and attributes that nobody has yet');

/** A named group of a customer: whoever passes its filters. Marketplaces name it. */
export const dynamicGroup = z.strictObject({
  id: z.string().describe('`dgr_…`'),
  customerId: z.string(),
  name: z.string(),
  filters: z.array(filter),
  marketplaces: z.int().describe('How many marketplaces name it'),
  createdBy: z.string(),
  createdAt: z.string(),
  operationId: z
    .string()
    .nullable()
    .describe('The work in the background that its last change needed; see its progress there'),
});
export type DynamicGroupView = z.input<typeof dynamicGroup>;

export const dynamicGroupSummary = dynamicGroup.pick({ id: true, name: true });

/** A group as it was made or changed; a dry run looks at everybody and says who would be in it. */
export const gatheredGroup = dynamicGroup.extend({
  matches: preview
    .optional()
    .describe(
      'In a dry run: who would be in it. Up to 25,000 people are looked at, fewer where more than 25 MB is stored of them',
    ),
});
export type GatheredGroup = z.input<typeof gatheredGroup>;

export const newDynamicGroup = z.strictObject({ name: name(80), filters, allowEmpty });
export type NewDynamicGroup = z.output<typeof newDynamicGroup>;

export const changedDynamicGroup = z.strictObject({
  name: name(80).optional(),
  filters: filters.optional(),
  allowEmpty,
});
export type ChangedDynamicGroup = z.output<typeof changedDynamicGroup>;

export const groupMember = z.strictObject({
  personId: z.string(),
  name: z.string(),
  source: z.enum(['DIRECTORY', 'USER']).describe('A person of the company, or a user of the customer'),
});

export interface DynamicGroup extends Gathering {
  readonly customerId: string;
  readonly marketplaces: number;
  readonly createdBy: string;
  readonly createdAt: string;
  readonly operationId: string | null;
  readonly version: number;
}

const stored = dynamicGroup.omit({ customerId: true }).extend({ version: z.number() }).strip();

/** A stored group. Refuses one that a newer version has stored, or that is damaged. */
export function toDynamicGroup(item: Readonly<Record<string, unknown>>, customerId: string): DynamicGroup {
  return readDynamicGroup(item, customerId) ?? refuse(unreadableGroup);
}

/** The same; undefined where it cannot be read, so that one keeps nothing from the others. */
export function readDynamicGroup(
  item: Readonly<Record<string, unknown>> | undefined,
  customerId: string,
): DynamicGroup | undefined {
  const read = stored.safeParse(item);
  return read.success ? { customerId, ...read.data } : undefined;
}

export function dynamicGroupItem({ customerId, ...rest }: DynamicGroup): Item & { version: number } {
  return {
    ...dynamicGroupKey(customerId, rest.id),
    ...nameEntry(customerId, 'GROUP', foldName(rest.name), rest.id),
    kind: 'dynamicGroup',
    ...rest,
  };
}

export function viewDynamicGroup({ version: _version, ...one }: DynamicGroup): DynamicGroupView {
  return { ...one, filters: [...one.filters] };
}
