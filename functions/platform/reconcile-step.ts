import { toEntry } from '../../lib/credits/entry.ts';
import { faultOf, type Link, linkOf, toldOf } from '../../lib/credits/link.ts';
import { envelopesOf } from '../../lib/kit/event.ts';
import { lentTo, poolFaults } from '../../lib/licensing/lent.ts';
import { noticeIdOf } from '../../lib/notifications/notice.ts';
import { plus, type Root, type Round, suspect, unequal } from '../../lib/platform/reconciler.ts';
import {
  entriesAfter,
  metersOf,
  missingNotices,
  nodesBelow,
  rootsAfter,
  workOf,
} from '../../lib/platform/reconciler-store.ts';

type Stored = Readonly<Record<string, unknown>>;

/** What a run has read and found: ids and words of ours, nothing of a person. */
export interface Findings {
  reads: number;
  readonly found: { readonly where: string; readonly what: string }[];
}

interface At {
  readonly findings: Findings;
  readonly now: string;
}

/** Each of these events makes one notice, whatever is set. */
const told = ['credits.balance_low.v1', 'credits.balance_recovered.v1'];
const toldWithinMs = 3_600_000;
const tellableMs = 30 * 86_400_000;
const stuckMs = 2 * 3_600_000;

/** One more piece of a round: a page of a ledger, a tenant, a page of tenants, or the next provider. */
export async function step(round: Round<Link>, at: At): Promise<Round<Link>> {
  const [tenant, ...queue] = round.queue;
  if (round.ledger) return readLedger(round, round.ledger, at);
  if (tenant !== undefined) return lookAt(tenant, { ...round, queue }, at);
  if (round.root && !round.root.listed) return list(round, round.root, at);
  if (round.root) return compare(round, round.root, at);
  return nextRoot(round, at);
}

async function readLedger(
  round: Round<Link>,
  ledger: NonNullable<Round<Link>['ledger']>,
  { findings, now }: At,
): Promise<Round<Link>> {
  const { tenant, after } = ledger;
  const { items, next } = await entriesAfter(tenant, after);
  let link = ledger.link;
  for (const item of items) {
    const entry = readable(item);
    if (!entry) {
      findings.found.push({ where: `${tenant} entry ${item.seq}`, what: 'it cannot be read' });
      continue;
    }
    const fault = faultOf(link, toldOf(entry));
    if (fault) findings.found.push({ where: `${tenant} entry ${entry.seq}`, what: fault });
    link = linkOf(entry);
  }
  const missing = await missingNotices(
    tenant,
    items.flatMap((item) => noticesOf(item, now)),
  );
  for (const id of missing)
    findings.found.push({ where: `${tenant} ${id}`, what: 'a crossing has no notice' });
  findings.reads += 2;
  return { ...round, ledger: next ? { tenant, after: next, link } : null };
}

function readable(item: Stored): ReturnType<typeof toEntry> | undefined {
  try {
    return toEntry(item);
  } catch {
    return undefined;
  }
}

function noticesOf(item: Stored, now: string): string[] {
  const age = Date.parse(now) - Date.parse(String(item.at));
  if (age < toldWithinMs || age > tellableMs) return [];
  return envelopesOf(item)
    .filter(({ type }) => told.includes(type))
    .map(({ id }) => noticeIdOf(id));
}

async function lookAt(tenant: string, round: Round<Link>, { findings, now }: At): Promise<Round<Link>> {
  const [meters, requests, operations] = await Promise.all([
    metersOf(tenant),
    workOf(tenant, 'PROVISION'),
    workOf(tenant, 'OPERATION'),
  ]);
  findings.reads += 3;
  tellStuck(tenant, [...requests, ...operations], { findings, now });
  const { root } = round;
  const sums = { ...root?.sums };
  for (const meter of meters)
    if (meter.kind === 'meter') sums[String(meter.type)] = plus(sums[String(meter.type)], lentTo(meter));
  return { ...round, root: root && { ...root, sums }, ledger: { tenant } };
}

function tellStuck(tenant: string, work: readonly Stored[], { findings, now }: At): void {
  for (const { id, finishedAt, movedAt, touchedAt } of work) {
    const moved = movedAt ?? touchedAt;
    if (finishedAt !== null || moved === undefined) continue;
    if (Date.parse(now) - Date.parse(String(moved)) > stuckMs)
      findings.found.push({ where: `${tenant} ${id}`, what: `it has not moved since ${moved}` });
  }
}

async function list(round: Round<Link>, root: Root, { findings }: At): Promise<Round<Link>> {
  const { ids, next } = await nodesBelow(root.id, root.after);
  findings.reads++;
  return { ...round, queue: ids, root: { ...root, after: next ?? undefined, listed: next === null } };
}

/** Pools that stood still meanwhile are told at once; others where they are off by as much as a round before. */
async function compare(round: Round<Link>, root: Root, { findings }: At): Promise<Round<Link>> {
  const now = poolsOf(await metersOf(root.id));
  findings.reads++;
  let compared = round;
  for (const { type, what } of unequal(now, root.sums)) {
    const where = `${root.id} ${type}`;
    const stoodStill = now[type]?.version === root.pools[type]?.version;
    if (stoodStill || round.suspectedBefore[where]?.includes(what)) findings.found.push({ where, what });
    else compared = suspect(compared, where, what);
  }
  return { ...compared, root: null };
}

function poolsOf(items: readonly Stored[]): Root['pools'] {
  return Object.fromEntries(
    items
      .filter(({ kind }) => kind === 'pool')
      .map(({ type, allocated, shared, version }) => [
        String(type),
        { allocated: Number(allocated), shared: Number(shared), version: Number(version) },
      ]),
  );
}

async function nextRoot(round: Round<Link>, { findings, now }: At): Promise<Round<Link>> {
  const { of } = round.roots;
  if (of === 'end') return { ...round, endedAt: now };
  const { ids, next } = await rootsAfter(round.roots);
  findings.reads++;
  if (of === 'unlinked')
    return { ...round, queue: ids, roots: next === null ? { of: 'end' } : { of, after: next } };
  const [id] = ids;
  if (id === undefined) return { ...round, roots: { of: 'unlinked' } };
  const [meters, operations] = await Promise.all([metersOf(id), workOf(id, 'OPERATION')]);
  findings.reads += 2;
  for (const pool of meters.filter(({ kind }) => kind === 'pool'))
    for (const what of poolFaults(pool)) findings.found.push({ where: `${id} ${pool.type}`, what });
  tellStuck(id, operations, { findings, now });
  return {
    ...round,
    roots: next === null ? { of: 'unlinked' } : { of, after: next },
    root: { id, listed: false, pools: poolsOf(meters), sums: {} },
  };
}
