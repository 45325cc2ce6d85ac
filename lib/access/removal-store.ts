import { each, get, getAll, page } from '../aws/db.ts';
import {
  accessKey,
  managementKey,
  memberPrefix,
  openSessionsKey,
  partition,
  probeCountsKey,
  pulseSuffix,
  removalKey,
} from '../kit/keys.ts';
import { type Removal, toRemoval } from './removal.ts';
import type { Drained } from './removal-report.ts';

type Stored = Readonly<Record<string, unknown>>;

/** What the console, its people and the partner's ways in come to: counted, and as stored where it is to be ended. */
export interface Around {
  readonly management: Stored | undefined;
  readonly access: Stored | undefined;
  readonly sessions: number;
  readonly probes: number;
  readonly people: readonly string[];
  readonly machines: number;
  /** Packages that the partner's people made and that still let machines in. */
  readonly packages: readonly string[];
}

export async function aroundOf(customerId: string, now: string): Promise<Around> {
  const keys = [
    managementKey(customerId),
    accessKey(customerId),
    openSessionsKey(customerId),
    probeCountsKey(customerId),
  ];
  const [[management, access, sessions, probes], people, machines, packages] = await Promise.all([
    getAll(keys, true),
    idsIn({ partition: partition(customerId), prefix: memberPrefix }),
    idsIn({ partition: partition(customerId, 'MACHINE') }, (item) => item.kind === 'machine'),
    partnersPackages(customerId),
  ]);
  return {
    ...{ management, access, people, packages },
    sessions: open(sessions).filter(({ until, epoch }) => until > now && epoch === access?.epoch).length,
    probes: Number(probes?.live ?? 0),
    machines: machines.length,
  };
}

const open = (sessions: Stored | undefined) =>
  (sessions?.open ?? []) as readonly { readonly until: string; readonly epoch: number }[];

/** Packages that people of somebody else than the customer made, and that are not revoked. */
export const partnersPackages = (customerId: string): Promise<string[]> =>
  idsIn({ partition: partition(customerId, 'PACKAGE') }, ({ state, madeBy }) => {
    const home = (madeBy as { home?: unknown } | undefined)?.home;
    return state === 'ACTIVE' && home !== customerId;
  });

/** Every machine with what was heard of it last; they stay. */
export async function machinesAt(customerId: string): Promise<Drained[]> {
  const out: Drained[] = [];
  for await (const item of each({
    partition: partition(customerId, 'MACHINE'),
    limit: 500,
    consistent: true,
  })) {
    if (!String(item.SK).endsWith(pulseSuffix)) continue;
    out.push({
      id: String(item.id),
      state: 'ENROLLED',
      seenAt: typeof item.seenAt === 'string' ? item.seenAt : null,
      sequence: Number(item.count ?? 0),
      credential: 'KEPT',
    });
  }
  return out;
}

async function idsIn(
  place: { partition: string; prefix?: string },
  counts: (item: Stored) => boolean = () => true,
): Promise<string[]> {
  const out: string[] = [];
  for await (const item of each({ ...place, limit: 500, consistent: true }))
    if (counts(item)) out.push(String(item.id));
  return out;
}

export async function removalOf(ownerId: string, removalId: string): Promise<Removal | undefined> {
  const item = await get(removalKey(ownerId, removalId), true);
  return item && toRemoval(item);
}

/** The same plan as it stands with the partner and with the customer. */
export async function removalAtBoth(partnerId: string, customerId: string, removalId: string) {
  const keys = [removalKey(partnerId, removalId), removalKey(customerId, removalId)];
  const [partners, own] = (await getAll(keys, true)).map((item) => item && toRemoval(item));
  const parentId = partners?.parentId ?? null;
  return { partners, own, parents: parentId === null ? undefined : await removalOf(parentId, removalId) };
}

const mostFormer = 10;

/** The partners that a customer was removed from, the last of them. */
export async function formerPartnersOf(customerId: string) {
  const { items } = await removalPage(customerId, mostFormer, undefined);
  const all = items.map(toRemoval).filter((one) => one.customerId === customerId);
  const ids = all.flatMap(({ partner, parentId }) => [partner.id, ...(parentId ? [parentId] : [])]);
  return { ids: [...new Set(ids)], rows: items };
}

/** A page of the removals of a customer from its partners, the last first. */
export function removalPage(customerId: string, limit: number, after: string | undefined) {
  return page({
    partition: partition(customerId, 'REMOVAL'),
    limit,
    after,
    backwards: true,
    consistent: true,
  });
}
