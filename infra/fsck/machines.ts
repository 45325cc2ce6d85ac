import { defaultGroupId } from '../../lib/kit/id.ts';
import { all, type Check, kindOf, type Stored, tally, tenantOf } from './check.ts';
import { byWord, type Names, references } from './references.ts';
import type { Skeleton } from './skeleton.ts';

const isMachine = (ref: unknown): boolean => String(ref).startsWith('mch_');

function names(item: Stored): Names {
  const tenant = tenantOf(item);
  const of = (what: string, id: unknown = item.id) => `${what} ${tenant} ${id}`;
  switch (item.kind) {
    case 'machine':
      return {
        needs: [
          ...[of('pulse'), of('report'), of('key', `${item.id} ${item.enrolledWith}`)],
          of('seat', `${item.id} ${item.productId}`),
          of('place', `${item.id} ${item.groupId} ${item.productId}`),
          ...(item.groupId === defaultGroupId ? [] : [of('group', item.groupId)]),
        ],
        has: [of('machine'), of('held', `${item.id} ${item.productId}`)],
      };
    case 'machinePulse':
      return {
        needs: [of('machine')],
        has: [of('pulse'), of('place', `${item.id} ${item.groupId} ${item.productId}`)],
      };
    case 'machineReport':
      return { needs: [of('machine')], has: [of('report')] };
    case 'machineKeyPair': {
      const [, hash = ''] = String(item.SK).split('#');
      return { needs: [of('machine', item.machineId)], has: [of('key', `${item.machineId} ${hash}`)] };
    }
    case 'machineGroup':
      return { needs: [], has: [of('group')] };
    case 'seat': {
      if (!isMachine(item.machineRef)) return { needs: [], has: [] };
      const which = `${item.machineRef} ${item.productId}`;
      return { needs: [of('held', which)], has: [of('seat', which)] };
    }
    default:
      return { needs: [], has: [] };
  }
}

const counts = (item: Stored, { nodes }: Skeleton): boolean => nodes.has(tenantOf(item));

const counting: Check = (known, tell) => {
  const counted = tally();
  return {
    see: (item) => {
      if (!counts(item, known)) return;
      if (item.kind === 'machineGroup') counted.add(`${tenantOf(item)}|${item.id}`, Number(item.machines));
      else if (item.kind === 'machine' && kindOf(item) === 'MACHINE')
        counted.add(`${tenantOf(item)}|${item.groupId}`, -1);
    },
    end: () => {
      for (const [name, off] of counted.uneven()) {
        const [where = '', groupId = ''] = name.split('|');
        tell(
          where,
          `group ${groupId} counts ${Math.abs(off)} machines ${off > 0 ? 'more' : 'fewer'} than it has`,
        );
      }
    },
  };
};

const lacking: Readonly<Record<string, string>> = {
  pulse: 'it has no pulse',
  report: 'it has no report',
  key: 'the key pair that it enrolled with is not noted, or as that of another one',
  seat: 'it holds no seat of its product',
  place: 'its pulse says another group or product',
  group: 'its group is not there',
  machine: 'there is no such machine',
  held: 'a machine holds this seat that is not there, or of another product',
};

/**
 * Each machine holds the seat of its product and no other one does; it has its pulse, its report and the note of its
 * key pair, in a group that is there and counts it. Of a deleted customer nothing is said.
 */
export const machines: Check = all(references({ names, counts, lacks: byWord(lacking) }), counting);
