import type * as z from 'zod';
import { announce } from '../kit/event.ts';
import { defaultGroupId } from '../kit/id.ts';
import { machineGroupKey, policyKey } from '../kit/keys.ts';
import { difference, expectVersion, type Plan, refuse, type Write } from '../kit/plan.ts';
import { notFound, Problem, type ProblemType } from '../kit/problem.ts';
import { foldName } from '../kit/text.ts';
import { type Console, turnConsole } from './console.ts';
import { groupChanged } from './console-events.ts';
import {
  defaultGroupStays,
  groupIntoItself,
  groupNameTaken,
  groupNotEmpty,
  groupsTooDeep,
  groupUnknown,
  policyUnknown,
  tooManyGroups,
} from './console-problems.ts';
import {
  deepestGroup,
  type groupChange,
  groupItem,
  type groupSummary,
  levelsOf,
  lineUp,
  type MachineGroup,
  mostGroups,
  type newGroup,
  summarizeGroup,
} from './group.ts';

/** What a change of the tree is decided from. */
export interface Grouping {
  readonly console: Console;
  /** Every group of the customer, the default one among them. */
  readonly groups: readonly MachineGroup[];
  /** The policy that is asked for; undefined: the customer has no such. */
  readonly policy: { readonly id: string } | undefined;
}

const wrong = (type: ProblemType, field: string, message: string): never => {
  throw new Problem(type, undefined, { errors: [{ pointer: `#/${field}`, message }] });
};

/** Where a group is to stand: the parent must be there, deep enough is enough, and siblings have names of their own. */
function mustStand(
  groups: readonly MachineGroup[],
  one: { id: string; name: string; parentId: string; levels: number },
): void {
  const above = lineUp(groups, one.parentId);
  if (above.length === 0) wrong(groupUnknown, 'parentId', 'is no group of the customer');
  if (above.some(({ id }) => id === one.id)) refuse(groupIntoItself);
  if (above.length + one.levels > deepestGroup) refuse(groupsTooDeep, undefined, { most: deepestGroup });
  const same = ({ id, name, parentId }: MachineGroup) =>
    id !== one.id && parentId === one.parentId && foldName(name) === foldName(one.name);
  if (groups.some(same)) wrong(groupNameTaken, 'name', 'is taken below this group');
}

/** Counts a policy's groups, so that one that is assigned is not deleted. */
function assignment(customerId: string, before: string | null, after: string | null): Write[] {
  if (before === after) return [];
  const count = (policyId: string | null, by: 1 | -1): Write[] =>
    policyId === null ? [] : [{ do: 'adjust', key: policyKey(customerId, policyId), add: { assigned: by } }];
  return [...count(before, -1), ...count(after, 1)];
}

function mustKnow(policyId: string | null, policy: Grouping['policy']): void {
  if (policyId !== null && policy?.id !== policyId)
    wrong(policyUnknown, 'policyId', 'is no policy of the customer');
}

type Told = 'ADDED' | 'CHANGED' | 'REMOVED';
const tell = ({ id, policyId, parentId }: MachineGroup, change: Told) => [
  announce(groupChanged, id, { change, policyId, parentId }),
];

export function addGroup(
  { console, groups, policy }: Grouping,
  command: z.output<typeof newGroup>,
  made: { id: string },
): Plan<z.infer<typeof groupSummary>> {
  const { customerId } = console;
  const { name, parentId = defaultGroupId, policyId = null } = command;
  const added = { id: made.id, name, parentId, policyId, machines: 0, version: 1 };
  mustStand(groups, { ...added, levels: 1 });
  mustKnow(policyId, policy);
  if (console.groups >= mostGroups) refuse(tooManyGroups, undefined, { most: mostGroups });
  return {
    writes: [
      { do: 'create', item: groupItem(customerId, added) },
      turnConsole(console, { groups: 1 }),
      ...assignment(customerId, null, policyId),
    ],
    receipt: { action: 'groups.add', subject: added.id, after: { name, parentId, policyId } },
    announcements: tell(added, 'ADDED'),
    reply: {
      body: summarizeGroup(added),
      version: 1,
      location: `/v1/customers/${customerId}/machine-groups/${added.id}`,
    },
  };
}

/** Renames, moves, or gives a policy. Machines are counted past the version: what they count stays. */
export function changeGroup(
  { console, groups, policy }: Grouping,
  change: z.output<typeof groupChange> & { id: string },
  ifMatch: string | undefined,
): Plan<z.infer<typeof groupSummary>> {
  const { customerId } = console;
  const before = groups.find((one) => one.id === change.id) ?? refuse(notFound);
  expectVersion(ifMatch, before.version);
  const { name = before.name, parentId = before.parentId, policyId = before.policyId } = change;
  const after = { ...before, name, parentId, policyId, version: before.version + 1 };
  const differing = difference(summarizeGroup(before), summarizeGroup(after));
  if (Object.keys(differing.after).length === 0)
    return { writes: [], reply: { body: summarizeGroup(before), version: before.version } };
  if (before.parentId === null && parentId !== null) refuse(defaultGroupStays);
  if (parentId !== null) mustStand(groups, { ...after, parentId, levels: levelsOf(groups, before.id) });
  if (policyId !== before.policyId) mustKnow(policyId, policy);
  const key = machineGroupKey(customerId, before.id);
  const set = { name, parentId, policyId, version: after.version };
  const written: Write =
    before.version === 0
      ? { do: 'create', item: groupItem(customerId, after) }
      : { do: 'amend', key, set, where: { version: before.version } };
  return {
    writes: [written, turnConsole(console), ...assignment(customerId, before.policyId, policyId)],
    receipt: { action: 'groups.change', subject: before.id, ...differing },
    announcements: tell(after, 'CHANGED'),
    reply: { body: summarizeGroup(after), version: after.version },
  };
}

/** Deletes a group that has neither machines nor groups. */
export function deleteGroup(
  { console, groups }: Pick<Grouping, 'console' | 'groups'>,
  groupId: string,
  ifMatch: string | undefined,
): Plan {
  const group = groups.find((one) => one.id === groupId) ?? refuse(notFound);
  expectVersion(ifMatch, group.version);
  if (group.parentId === null) refuse(defaultGroupStays);
  const children = groups.filter(({ parentId }) => parentId === group.id).length;
  const { machines, version, policyId, parentId, name } = group;
  if (machines > 0 || children > 0) refuse(groupNotEmpty, undefined, { machines, groups: children });
  const { customerId } = console;
  return {
    writes: [
      { do: 'remove', key: machineGroupKey(customerId, group.id), version, where: { machines: 0 } },
      turnConsole(console, { groups: -1 }),
      ...assignment(customerId, policyId, null),
    ],
    receipt: { action: 'groups.delete', subject: group.id, before: { name, parentId, policyId } },
    announcements: tell(group, 'REMOVED'),
    reply: { status: 204 },
  };
}
