import { statePartition } from '../../lib/kit/keys.ts';
import { all, type Check, placeOf, type Stored, tenantOf } from './check.ts';
import { byWord, type Names, references } from './references.ts';

interface Slot {
  readonly id: string;
}
interface Actor {
  readonly id: string;
  readonly session?: string;
  readonly onBehalfOf?: string;
}

const longestMs = 60 * 60_000;

function names(item: Stored): Names {
  const tenant = tenantOf(item);
  switch (item.kind) {
    case 'accessDue': {
      const of = `${item.customerId} ${String(item.SK).split('#')[0]}`;
      return { needs: [`grant-due ${of}`], has: [`note ${of}`] };
    }
    case 'access': {
      const due = item.dueAt ? [`${tenant} ${item.dueAt}`] : [];
      return { needs: due.map((one) => `note ${one}`), has: due.map((one) => `grant-due ${one}`) };
    }
    case 'openSessions':
      return { needs: (item.open as Slot[]).map(({ id }) => `open ${tenant} ${id}`), has: [] };
    case 'accessSession': {
      const lives = item.state === 'OPEN' || item.state === 'AWAITING';
      const whose = `whose ${tenant} ${item.id} ${item.personId}`;
      return { needs: [], has: [whose, ...(lives ? [`open ${tenant} ${item.id}`] : [])] };
    }
    case 'audit': {
      const { id, session, onBehalfOf } = item.actor as Actor;
      return { needs: session === undefined ? [] : [`whose ${onBehalfOf} ${session} ${id}`], has: [] };
    }
    default:
      return { needs: [], has: [] };
  }
}

const lacking: Readonly<Record<string, string>> = {
  'grant-due': 'no grant waits for it',
  note: 'its end is not in the list of what is due',
  open: 'it counts a session that is not open',
  whose: 'there is no such session of who did it',
};

const counting: Check = (known, tell) => {
  const given: Stored[] = [];
  return {
    see: (item) => {
      if (item.kind === 'access') given.push({ PK: item.PK, SK: item.SK, state: item.state, G2: item.G2 });
      if (item.kind !== 'accessSession' || typeof item.startsAt !== 'string') return;
      if (Date.parse(String(item.endsAt)) - Date.parse(item.startsAt) > longestMs)
        tell(placeOf(item), 'it lasts longer than an hour');
    },
    end: () => {
      for (const item of given) {
        const node = known.nodes.get(tenantOf(item));
        const list = statePartition(node?.path.split('/')[1] ?? '', 'ACCESS', 'GIVEN');
        const listed = item.state === 'GIVEN' ? list : undefined;
        if (node && item.G2 !== listed)
          tell(placeOf(item), 'it does not stand in its provider’s list as it is');
      }
    },
  };
};

/**
 * The end of what is given is in the list of what is due, and what is given in the list of its provider; a session
 * lasts an hour at most, is counted while it is open, and what was done in it was done by its person.
 */
export const access: Check = all(references({ names, lacks: byWord(lacking) }), counting);
