import { defaultGroupId } from '../../lib/kit/id.ts';
import { all, type Check, placeOf, type Stored, tally, tenantOf } from './check.ts';
import { byWord, type Names, references } from './references.ts';
import type { Skeleton } from './skeleton.ts';

const deepest = 5;
const keptVersions = 50;

function names(item: Stored): Names {
  const tenant = tenantOf(item);
  const of = (what: string, id: unknown = item.id) => `${what} ${tenant} ${id}`;
  switch (item.kind) {
    case 'machineGroup': {
      const above = item.parentId ?? defaultGroupId;
      return {
        needs: [
          ...(above === defaultGroupId ? [] : [of('parent', above)]),
          ...(item.policyId ? [of('policy', item.policyId)] : []),
        ],
        has: [of('parent')],
      };
    }
    case 'policy':
      return { needs: [of('version', `${item.id} ${item.version}`)], has: [of('policy'), of('head')] };
    case 'policyVersion':
      return {
        needs: [of('head', item.policyId)],
        has: [of('version', `${item.policyId} ${item.version}`)],
      };
    default:
      return { needs: [], has: [] };
  }
}

const counts = (item: Stored, { nodes }: Skeleton): boolean => nodes.has(tenantOf(item));

const counting: Check = (known, tell) => {
  const counted = tally();
  const above = new Map<string, string>();
  const see = (item: Stored) => {
    const tenant = tenantOf(item);
    const add = (what: string, by: number) => counted.add(`${tenant}|${what}`, by);
    if (item.kind === 'console') {
      add('groups', Number(item.groups));
      add('policies', Number(item.policies));
    } else if (item.kind === 'machineGroup') {
      if (item.id !== defaultGroupId) add('groups', -1);
      if (item.policyId) add(`groups of ${item.policyId}`, -1);
      if (item.parentId && item.parentId !== defaultGroupId)
        above.set(`${tenant} ${item.id}`, `${tenant} ${item.parentId}`);
    } else if (item.kind === 'policy') {
      add('policies', -1);
      add(`groups of ${item.id}`, Number(item.assigned));
      add(`versions of ${item.id}`, Math.min(Number(item.version), keptVersions));
    } else if (item.kind === 'policyVersion') add(`versions of ${item.policyId}`, -1);
    else if (item.kind === 'installationPackage' && Number(item.uses) > Number(item.mostUses))
      tell(placeOf(item), `it was used ${item.uses} times, and may be ${item.mostUses} times`);
  };
  return {
    see: (item) => {
      if (!counts(item, known)) return;
      see(item);
    },
    end: () => {
      for (const [name, off] of counted.uneven()) {
        const [where = '', what = ''] = name.split('|');
        tell(where, `it counts ${Math.abs(off)} ${what} ${off > 0 ? 'more' : 'fewer'} than there are`);
      }
      for (const group of above.keys())
        if (levelOf(above, group) > deepest)
          tell(group, `it stands more than ${deepest} levels deep, or below itself`);
    },
  };
};

/** The level of a group, the default one's being the first; counting ends beyond what is allowed. */
function levelOf(above: ReadonlyMap<string, string>, group: string): number {
  let level = 2;
  for (let at = above.get(group); at !== undefined && level <= deepest; at = above.get(at)) level++;
  return level;
}

const lacking: Readonly<Record<string, string>> = {
  parent: 'the group above is not there',
  policy: 'the policy that it is given is not there',
  version: 'what is in force is not among its versions',
  head: 'its policy is not there',
};

/**
 * A console counts its groups and policies; its groups are a tree of five levels at most below the default group; a
 * policy counts the groups that are given it and has its versions; no package was used more often than it may be.
 * Of a deleted customer nothing is said.
 */
export const consoles: Check = all(references({ names, counts, lacks: byWord(lacking) }), counting);
