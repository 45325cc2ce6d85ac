import * as z from 'zod';
import { defaultGroupId } from '../kit/id.ts';
import { machineGroupKey } from '../kit/keys.ts';
import type { Item, Write } from '../kit/plan.ts';
import { id, name } from '../kit/text.ts';

/** Groups of a customer, the default one besides. */
export const mostGroups = 200;
/** Levels of the tree, the default group's among them. */
export const deepestGroup = 5;

const stored = z.object({
  id: z.string(),
  name: z.string(),
  parentId: z.string().nullable().default(null),
  policyId: z.string().nullable().default(null),
  machines: z.number(),
  version: z.number(),
});

/** A group of a customer's machines. `machines` is counted by whoever adds or removes one, past the version. */
export type MachineGroup = z.infer<typeof stored>;

/** The group that is there without being stored, as it stands until somebody changes it: of version 0. */
export const defaultGroup: MachineGroup = {
  id: defaultGroupId,
  name: 'Default',
  parentId: null,
  policyId: null,
  machines: 0,
  version: 0,
};

export const toGroup = (item: Readonly<Record<string, unknown>>): MachineGroup => stored.parse(item);

/** Every group of a customer, of what is stored: the default one first. */
export function wholeTree(items: readonly Readonly<Record<string, unknown>>[]): MachineGroup[] {
  const groups = items.map(toGroup);
  return groups.some((one) => one.id === defaultGroupId) ? groups : [defaultGroup, ...groups];
}

export const groupItem = (customerId: string, group: MachineGroup): Item & { version: number } => ({
  ...machineGroupKey(customerId, group.id),
  kind: 'machineGroup',
  ...group,
});

/**
 * Counts machines into a group or out of it; a group that was deleted meanwhile makes the decision be made again.
 * `group` as it was read, for the default one may not be stored yet.
 */
export function countMachines(customerId: string, group: MachineGroup, by: 1 | -1): Write {
  if (group.version === 0)
    return { do: 'create', item: groupItem(customerId, { ...group, machines: by, version: 1 }) };
  return {
    do: 'adjust',
    key: machineGroupKey(customerId, group.id),
    add: { machines: by },
    ...(by < 0 ? { atLeast: { machines: 1 } } : {}),
  };
}

const groupId = id('machineGroup');
export const newGroup = z.strictObject({
  name: name(64),
  parentId: groupId.optional().describe('Below the default group where absent'),
  policyId: id('policy').optional().describe('As the group above has it where absent'),
});
export const groupChange = z
  .strictObject({
    name: name(64),
    parentId: groupId.describe('Moves it with everything below'),
    policyId: id('policy').nullable().describe('null: as the group above has it'),
  })
  .partial();

export const groupSummary = stored
  .omit({ version: true })
  .strict()
  .extend({
    id: z.string().describe('`mgr_…`; the default group’s ends with 26 zeros'),
    parentId: z.string().nullable().describe('null: the default group, which everything stands below'),
    policyId: z.string().nullable().describe('Its own; null: it has what the group above has'),
    machines: z.number().describe('In this group itself'),
  });

export const summarizeGroup = ({ version: _, ...rest }: MachineGroup): z.infer<typeof groupSummary> => rest;

/** The groups from one up to the default group, itself first. Ends where a parent is missing or seen before. */
export function lineUp(groups: readonly MachineGroup[], groupId: string): MachineGroup[] {
  const known = new Map(groups.map((one) => [one.id, one]));
  const line = new Set<MachineGroup>();
  for (let at = known.get(groupId); at && !line.has(at); at = known.get(at.parentId ?? '')) line.add(at);
  return [...line];
}

/** How many levels a group and what is below it have. */
export function levelsOf(groups: readonly MachineGroup[], groupId: string): number {
  const below = groups.filter((one) => one.parentId === groupId);
  return 1 + Math.max(0, ...below.map((one) => levelsOf(groups, one.id)));
}
