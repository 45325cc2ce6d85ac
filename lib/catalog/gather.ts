import { digest } from '../kit/digest.ts';
import { announce } from '../kit/event.ts';
import { dynamicGroupKey } from '../kit/keys.ts';
import { difference, type Plan, type Receipt, refuse } from '../kit/plan.ts';
import type { Scope } from '../kit/scope.ts';
import { type Matches, mustMatch, told } from './census.ts';
import {
  type ChangedDynamicGroup,
  type DynamicGroup,
  dynamicGroupItem,
  type GatheredGroup,
  type NewDynamicGroup,
  viewDynamicGroup,
} from './dynamic-group.ts';
import { groupInUse, groupNotYours, tooManyGroups } from './dynamic-group-problems.ts';
import { dynamicGroupChanged } from './events.ts';
import { mustBeShort, mustBeYours } from './marketplace-refusals.ts';
import { altered, type CatalogSettings } from './settings.ts';
import { requestWork } from './work.ts';

const mostGroups = 100;

/** What a change of a dynamic group depends on: what a look at everybody found out, too. */
export interface Gathered extends Matches {
  readonly settings: CatalogSettings;
}

type Made = { readonly operationId: string; readonly now: string };

/** Creates a dynamic group; nobody has anything by it until a marketplace names it. */
export function createDynamicGroup(
  scope: Scope,
  input: { command: NewDynamicGroup; found: Gathered },
  made: { id: string; now: string },
): Plan<GatheredGroup> {
  const { settings, census, matches } = input.found;
  const { allowEmpty, ...said } = input.command;
  if (settings.dynamicGroups >= mostGroups) refuse(tooManyGroups);
  mustBeShort(said);
  mustMatch(census, allowEmpty);
  const customerId = scope.target.id;
  const after: DynamicGroup = {
    ...{ id: made.id, customerId, ...said, marketplaces: 0 },
    ...{ createdBy: scope.actor.id, createdAt: made.now, operationId: null, version: 1 },
  };
  return {
    writes: [
      { do: 'create', item: dynamicGroupItem(after) },
      altered(customerId, settings, { dynamicGroups: settings.dynamicGroups + 1 }),
    ],
    receipt: receiptOf('create', undefined, after),
    announcements: [announce(dynamicGroupChanged, customerId, { dynamicGroupId: made.id, what: 'CREATED' })],
    reply: {
      body: shown(scope, after, matches),
      version: 1,
      location: `/v1/customers/${customerId}/dynamic-groups/${made.id}`,
    },
  };
}

/** Changes a dynamic group: absent leaves. What marketplaces give by it follows in the background. */
export function changeDynamicGroup(
  scope: Scope,
  input: { before: DynamicGroup; change: ChangedDynamicGroup; found: Gathered },
  made: Made,
): Plan<GatheredGroup> {
  const { before, change, found } = input;
  const { customerId, id } = before;
  mustBeYours(scope, before, groupNotYours);
  if (change.filters) mustBeShort({ filters: change.filters });
  mustMatch(found.census, change.allowEmpty);
  const said = { name: change.name ?? before.name, filters: change.filters ?? before.filters };
  const refiltered = JSON.stringify(said.filters) !== JSON.stringify(before.filters);
  if (!refiltered && said.name === before.name) {
    return {
      writes: [],
      reply: { status: 200, body: shown(scope, before, found.matches), version: before.version },
    };
  }
  const generation = found.settings.generation + 1;
  const work =
    refiltered && before.marketplaces > 0
      ? requestWork(
          {
            ...{ id: made.operationId, customerId, type: 'DYNAMIC_GROUP', dynamicGroupId: id },
            ...{ generation, walks: ['ROWS'] },
          },
          made.now,
        )
      : undefined;
  const operationId = work ? made.operationId : before.operationId;
  const after: DynamicGroup = { ...before, ...said, operationId, version: before.version + 1 };
  return {
    writes: [
      { do: 'replace', version: before.version, item: dynamicGroupItem(after) },
      ...(work ? [altered(customerId, found.settings, { generation }), work.write] : []),
    ],
    receipt: receiptOf('change', before, after),
    announcements: [
      announce(dynamicGroupChanged, customerId, { dynamicGroupId: id, what: 'CHANGED' }),
      ...(work ? [work.announcement] : []),
    ],
    reply: {
      body: shown(scope, after, found.matches),
      version: after.version,
      ...(work ? { status: 202, location: work.location } : { status: 200 }),
    },
  };
}

/** Deletes a dynamic group that no marketplace names; `named` are some of those that do. */
export function deleteDynamicGroup(
  scope: Scope,
  { before, settings, named }: { before: DynamicGroup; settings: CatalogSettings; named: readonly string[] },
): Plan {
  const { customerId, id } = before;
  mustBeYours(scope, before, groupNotYours);
  if (before.marketplaces > 0) refuse(groupInUse, undefined, { marketplaces: named });
  return {
    writes: [
      { do: 'remove', key: dynamicGroupKey(customerId, id), version: before.version },
      altered(customerId, settings, { dynamicGroups: settings.dynamicGroups - 1 }),
    ],
    receipt: receiptOf('delete', before, undefined),
    announcements: [announce(dynamicGroupChanged, customerId, { dynamicGroupId: id, what: 'DELETED' })],
    reply: { status: 204 },
  };
}

const shown = ({ roles }: Scope, one: DynamicGroup, matches: Matches['matches']): GatheredGroup => ({
  ...viewDynamicGroup(one),
  ...(matches ? { matches: told(matches, roles) } : {}),
});

function receiptOf(verb: string, before?: DynamicGroup, after?: DynamicGroup): Receipt {
  const { id } = (after ?? before) as DynamicGroup;
  const told = difference(before ? auditable(before) : {}, after ? auditable(after) : {});
  return { action: `dynamic_groups.${verb}`, subject: id, ...told };
}

// Filters may name people, and receipts name nobody for good: whether they differ is told by their hash.
function auditable({ name, filters, operationId }: DynamicGroup): Record<string, unknown> {
  return { name, filters: `${filters.length} filters, ${digest(filters).slice(0, 12)}`, operationId };
}
