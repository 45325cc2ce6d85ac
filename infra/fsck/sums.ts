import { isToldBelowZero } from '../../lib/credits/alerts.ts';
import type { Bands } from '../../lib/kit/band.ts';
import { rollupKey } from '../../lib/kit/keys.ts';
import { isSame, plus, type Rollup, type Sum, toRollup } from '../../lib/probes/rollup.ts';
import { ownSum } from '../../lib/probes/rollup-store.ts';
import { type Check, kindOf, type Stored, tenantOf } from './check.ts';
import { parentOf, providerAbove } from './skeleton.ts';

/** What a node’s sums are made of, as far as it was seen. */
interface Source {
  counts?: Stored;
  readonly meters: { type: string; used: number; overSince: string | null }[];
  head?: Stored;
}

const isBelowZero = (head: Stored | undefined) => isToldBelowZero({ bands: (head?.bands ?? {}) as Bands });
const words = (sum: Sum) => JSON.stringify(sum);

/**
 * Sums of the tree are those of its nodes: what each comes to now has been handed to its parent, and nobody has been
 * handed more. They follow a moment after each change: what is wrong for good is wrong at a second look too.
 */
export const sums: Check = (known, tell) => {
  const rollups = new Map<string, Rollup>();
  const sources = new Map<string, Source>();
  const sourceOf = (tenant: string): Source => {
    const found = sources.get(tenant) ?? { meters: [] };
    sources.set(tenant, found);
    return found;
  };
  const handed = new Map<string, Sum>();
  return {
    see: (item) => {
      const tenant = tenantOf(item);
      if (item.kind === 'rollup' && item.SK === rollupKey(tenant).SK)
        rollups.set(tenant, toRollup(item, tenant));
      else if (item.kind === 'probeCounts') sourceOf(tenant).counts = item;
      else if (item.kind === 'meter')
        sourceOf(tenant).meters.push({
          type: String(item.type),
          used: Number(item.used),
          overSince: (item.overSince ?? null) as string | null,
        });
      else if (kindOf(item) === 'ENTRY') {
        const source = sourceOf(tenant);
        if (String(item.SK) > String(source.head?.SK ?? '')) source.head = { SK: item.SK, bands: item.bands };
      }
    },
    end: () => {
      for (const { given, givenTo } of rollups.values())
        if (givenTo !== null) handed.set(givenTo, plus(handed.get(givenTo) ?? {}, given));
      for (const id of new Set([...rollups.keys(), ...handed.keys()])) {
        const has = rollups.get(id)?.below ?? {};
        const given = handed.get(id) ?? {};
        if (!isSame(has, given))
          tell(id, `its sums say ${words(has)} of what is below it, which has handed it ${words(given)}`);
      }
      for (const id of known.nodes.keys()) {
        if (!id.startsWith('cus_')) continue;
        const { own, below, given, givenTo } = rollups.get(id) ?? toRollup(undefined, id);
        const { counts, meters, head } = sourceOf(id);
        const real = ownSum({ counts, meters: meters as never, belowZero: isBelowZero(head) });
        if (!isSame(own, real)) tell(id, `its sums say ${words(own)} of itself, which is ${words(real)}`);
        else if (providerAbove(known, id) === id) {
          if (givenTo !== null || !isSame(given, {})) tell(id, 'what it comes to stands with somebody else');
        } else if (!isSame(given, plus(own, below)) || givenTo !== (parentOf(known, id) ?? null))
          tell(id, 'what it comes to was not handed to its parent');
      }
    },
  };
};
