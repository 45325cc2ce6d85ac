import { countedStates } from '../../lib/probes/census.ts';
import { all, type Check, type Stored, tally, tenantOf } from './check.ts';
import { type Names, references } from './references.ts';

const names = (item: Stored): Names => {
  const tenant = tenantOf(item);
  if (item.kind === 'item' && item.probeId !== undefined)
    return { needs: [`probe ${tenant} ${item.probeId}`], has: [] };
  if (item.kind === 'look') return { needs: [], has: [`look ${item.customerId} ${item.probeId}`] };
  const [pulse, probe] = [`pulse ${tenant} ${item.id}`, `probe ${tenant} ${item.id}`];
  if (item.kind === 'probe') return { needs: [pulse], has: [probe] };
  if (item.kind !== 'pulse') return { needs: [], has: [] };
  const watched = item.state === 'UP' || (item.state === 'DOWN' && item.told === false);
  return { needs: watched ? [probe, `look ${tenant} ${item.id}`] : [probe], has: [pulse] };
};

const lacks = (name: string): string => {
  const [what, , which] = name.split(' ');
  return `there is no such ${what} ${which}`;
};

const counting: Check = (_known, tell) => {
  const counted = tally();
  const held = tally();
  // The items of a retired probe go in the background.
  const gone = new Set<string>();
  return {
    see: (item) => {
      const tenant = tenantOf(item);
      if (item.kind === 'probeCounts') {
        for (const state of [...countedStates, 'live'])
          counted.add(`${tenant}|${state}`, Number(item[state] ?? 0));
      } else if (item.kind === 'item' && item.probeId !== undefined) {
        held.add(`${tenant}|${item.probeId}`, 1);
      } else if (item.kind === 'pulse' && item.state === 'RETIRED') {
        gone.add(`${tenant}|${item.id}`);
      } else if (item.kind === 'pulse') {
        held.add(`${tenant}|${item.id}`, -Number(item.items));
        counted.add(`${tenant}|${item.state}`, -1);
        counted.add(`${tenant}|live`, -1);
      }
    },
    end: () => {
      for (const [name, off] of held.uneven()) {
        const [where = '', probeId = ''] = name.split('|');
        if (!gone.has(name))
          tell(
            where,
            `probe ${probeId} counts ${Math.abs(off)} items ${off > 0 ? 'fewer' : 'more'} than it has`,
          );
      }
      for (const [name, off] of counted.uneven()) {
        const [where = '', state = ''] = name.split('|');
        tell(
          where,
          `it counts ${Math.abs(off)} ${state} probes ${off > 0 ? 'more' : 'fewer'} than there are`,
        );
      }
    },
  };
};

/** Probes are counted by their state, and each its items; each has its pulse, who can fall silent is looked at, and what one reports is of a probe that is there. */
export const probes: Check = all(references({ names, lacks: lacks }), counting);
