import { all, type Check, type Stored, tally, tenantOf } from './check.ts';
import { byWord, type Names, references } from './references.ts';
import type { Skeleton } from './skeleton.ts';

interface Granted {
  readonly id: string;
  readonly seats: number;
}

function names(item: Stored, now: string): Names {
  const tenant = tenantOf(item);
  if (item.kind === 'licenceDue') {
    const at = String(item.SK).split('#')[0];
    const of = `${item.customerId} ${item.productId} ${at}`;
    return { needs: [`meter-due ${of}`], has: [`note ${of}`] };
  }
  if (item.kind === 'seatMeter') {
    const due = item.dueAt === null ? [] : [`${tenant} ${item.productId} ${item.dueAt}`];
    const grants = (item.grants as readonly Granted[]).map(({ id, seats }) => `${tenant} ${id} ${seats}`);
    return {
      needs: [...due.map((one) => `note ${one}`), ...grants.map((one) => `licence ${one}`)],
      has: [...due.map((one) => `meter-due ${one}`), ...grants.map((one) => `grant ${one}`)],
    };
  }
  if (item.kind !== 'subscription' || item.removedAt !== null) return { needs: [], has: [] };
  const of = `${tenant} ${item.id} ${item.seats}`;
  const runs = item.endsAt === null || String(item.endsAt) > now;
  return { needs: runs ? [`grant ${of}`] : [], has: [`licence ${of}`] };
}

const counts = (item: Stored, { nodes }: Skeleton): boolean =>
  nodes.has(String(item.customerId ?? tenantOf(item)));

const counting: Check = (known, tell) => {
  const counted = tally();
  return {
    see: (item) => {
      if (!counts(item, known)) return;
      const tenant = tenantOf(item);
      if (item.kind === 'seatMeter') counted.add(`${tenant}|seats of ${item.productId}`, Number(item.used));
      else if (item.kind === 'seat') counted.add(`${tenant}|seats of ${item.productId}`, -1);
      else if (item.kind === 'productCount') counted.add(`${tenant}|products`, Number(item.products));
      else if (item.kind === 'product') counted.add(`${tenant}|products`, -1);
    },
    end: () => {
      for (const [name, off] of counted.uneven()) {
        const [where = '', what = ''] = name.split('|');
        tell(where, `it counts ${Math.abs(off)} ${what} ${off > 0 ? 'more' : 'fewer'} than there are`);
      }
    },
  };
};

const lacking: Readonly<Record<string, string>> = {
  'meter-due': 'no meter waits for it',
  note: 'what it waits for is not in the list of what is due',
  licence: 'it counts a licence that there is not, or with other seats',
  grant: 'its meter does not count it, or with other seats',
};

/**
 * A meter counts the seats that are held, knows the licences that run with their seats, and what it waits for stands
 * in the list of what is due; a provider's count is that of its products. Of a deleted customer nothing is said.
 */
export const seats: Check = all(references({ names, counts, lacks: byWord(lacking) }), counting);
