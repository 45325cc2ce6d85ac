import type { Anchor } from '../../lib/audit/lines.ts';
import { access } from './access.ts';
import { anchored } from './anchored.ts';
import { catalogue } from './catalogue.ts';
import { all, type Check, type Invariant, type Stored, type Violation, type Watch } from './check.ts';
import { consoles } from './consoles.ts';
import { counts } from './counts.ts';
import { imports } from './imports.ts';
import { indexes } from './indexes.ts';
import { ledgers } from './ledgers.ts';
import { lostSeals } from './lost-seals.ts';
import { lots } from './lots.ts';
import { machines } from './machines.ts';
import { names } from './names.ts';
import { administrators, roles } from './people.ts';
import { pools } from './pools.ts';
import { probes } from './probes.ts';
import { receipts } from './receipts.ts';
import { refunds } from './refunds.ts';
import { requests } from './requests.ts';
import { seals } from './seals.ts';
import { seats } from './seats.ts';
import { narrowing } from './services.ts';
import { emptySkeleton, learn } from './skeleton.ts';
import { sums } from './sums.ts';
import { tenancy } from './tenancy.ts';
import { transfers } from './transfers.ts';
import { tree } from './tree.ts';
import { unsealed } from './unsealed.ts';

const checks: Readonly<Record<Invariant, Check>> = {
  tree,
  administrators,
  roles,
  narrowing,
  tenancy,
  counts,
  ledgers: all(ledgers, lots, refunds, transfers),
  catalogue,
  requests,
  pools,
  probes,
  seats,
  access,
  machines,
  consoles,
  imports,
  sums,
  names,
  receipts,
  seals: all(seals, lostSeals, unsealed),
  indexes,
};

/** Reads a whole table, or one of its indexes, item by item; may be asked several times. */
export type Pass = (see: (item: Stored) => void, source?: 'tree' | 'names') => Promise<void>;

/** The checks; those of seals also against anchors, where there are any at hand. */
function checksOf(anchors: readonly Anchor[]): Readonly<Record<Invariant, Check>> {
  return anchors.length > 0 ? { ...checks, seals: all(checks.seals, anchored(anchors)) } : checks;
}

/**
 * Finds what a table breaks, without ever holding the table: one pass for the nodes, one for everything, and more only
 * for what the sums of the second have found to be wrong.
 */
export async function examine(
  pass: Pass,
  found: (violation: Violation) => void,
  anchors: readonly Anchor[] = [],
): Promise<{ items: number; passes: number }> {
  const known = emptySkeleton();
  let items = 0;
  await pass((item) => {
    items++;
    learn(known, item);
  });
  let watching: Watch[] = Object.entries(checksOf(anchors)).map(([invariant, check]) =>
    check(known, (where, what) => found({ invariant: invariant as Invariant, where, what })),
  );
  let passes = 1;
  for (; watching.length > 0; passes++) {
    await pass((item) => {
      for (const one of watching) one.see?.(item);
    });
    for (const source of ['tree', 'names'] as const) {
      const concerned = watching.filter((one) => one.seeEntry);
      if (concerned.length === 0) continue;
      await pass((entry) => {
        for (const one of concerned) one.seeEntry?.(entry, source);
      }, source);
    }
    for (const one of watching) one.end?.();
    watching = watching.flatMap((one) => one.again?.() ?? []);
  }
  return { items, passes };
}

/** The same for items at hand; `entries` are those of the indexes where they are not just what the items say. */
export async function violations(
  items: readonly Stored[],
  entries: { readonly tree?: readonly Stored[]; readonly names?: readonly Stored[] } = {},
  anchors: readonly Anchor[] = [],
): Promise<Violation[]> {
  const out: Violation[] = [];
  const of = { tree: 'G1', names: 'G2' } as const;
  const pass: Pass = async (see, source) => {
    const listed = source && (entries[source] ?? items.filter((item) => item[of[source]] !== undefined));
    for (const item of listed ?? items) see(item);
  };
  await examine(pass, (one) => out.push(one), anchors);
  return out;
}
