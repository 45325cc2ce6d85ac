import { get, page } from '../aws/db.ts';
import { archiveKey, entryKey, type Key, partition, settingsKey } from '../kit/keys.ts';
import type { LoadInput } from '../kit/route.ts';
import { providerOf } from '../kit/scope.ts';
import { periodOf } from './consumption.ts';
import { type Entry, toEntry } from './entry.ts';
import { type Ledger, standingOf } from './ledger.ts';

/** Where a customer's entries stand. */
export const entries = (customerId: string) => partition(customerId, 'ENTRY');

/** The newest entry. A stale one is harmless: an append is lost and made again, a refusal is looked at again. */
export async function headOf(customerId: string, consistent: boolean): Promise<Ledger> {
  const { items } = await page({ partition: entries(customerId), backwards: true, limit: 1, consistent });
  return { customerId, head: items[0] ? toEntry(items[0]) : null };
}

export async function entryAt(customerId: string, previousAt: string): Promise<Entry | undefined> {
  const item = await get(entryKey(customerId, previousAt), true);
  return item && toEntry(item);
}

/**
 * The balance and running burn as of a moment, in one read of two items: entries stand under the moment of their
 * predecessor, so of the two that stand last at or before `at` one is the newest made by then. What was due by then is
 * off, whenever it was booked.
 */
export async function balanceAt(
  customerId: string,
  at: string,
): Promise<{ balance: number; burned: number; since: string | null }> {
  const { items } = await page({
    partition: entries(customerId),
    to: at,
    backwards: true,
    limit: 2,
    consistent: true,
  });
  const head = items.map(toEntry).find((one) => one.at <= at) ?? null;
  return { balance: standingOf({ head }, at).balance, burned: head?.burned ?? 0, since: head?.at ?? null };
}

/** When the ledger began. */
export async function firstAt(customerId: string): Promise<string | undefined> {
  const { items } = await page({ partition: entries(customerId), limit: 1 });
  return items[0] && toEntry(items[0]).at;
}

export interface History {
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly after?: string | undefined;
  readonly limit: number;
  /** True when absent. */
  readonly consistent?: boolean;
}

/** A page of entries, newest first, made between `from` and `to` (both included). */
export async function historyOf(
  customerId: string,
  query: History,
): Promise<{ entries: Entry[]; next: string | null }> {
  const { items, next } = await page({
    partition: entries(customerId),
    ...(query.to ? { to: query.to } : {}),
    backwards: true,
    limit: query.limit,
    after: query.after,
    consistent: query.consistent ?? true,
  });
  const found = items.map(toEntry).filter((one) => !query.to || one.at <= query.to);
  const { from } = query;
  const kept = from ? found.filter((one) => one.at >= from) : found;
  return { entries: kept, next: kept.length < found.length ? null : next };
}

/** Whether the provider keeps the archive of a customer that was deleted. */
export async function isArchived(providerId: string, customerId: string): Promise<boolean> {
  return (await get(archiveKey(providerId, customerId))) !== undefined;
}

const beforeChecked = 100;

/**
 * All entries of a period, newest first; undefined where there are more than `most`. The first hundred are read beside
 * the check of the caller, the others after it.
 */
export async function wholeHistoryOf(
  customerId: string,
  period: Pick<History, 'from' | 'to' | 'consistent'>,
  { most, checked }: { most: number; checked: () => Promise<unknown> },
): Promise<Entry[] | undefined> {
  const first = await historyOf(customerId, { ...period, limit: beforeChecked });
  const out = [...first.entries];
  let after = first.next ?? undefined;
  if (after) await checked();
  while (after) {
    const limit = most + 1 - out.length;
    const { entries: some, next } = await historyOf(customerId, { ...period, after, limit });
    out.push(...some);
    if (out.length > most) return undefined;
    after = next ?? undefined;
  }
  return out;
}

const mostSummed = 10_000;

/** The entries of a month, or of the part that is asked for; undefined beyond 10,000. */
export async function consumptionOf(
  input: Pick<LoadInput, 'target' | 'scope'> & { readonly query: Parameters<typeof periodOf>[0] },
): Promise<Entry[] | undefined> {
  const period = { ...periodOf(input.query), consistent: false };
  return wholeHistoryOf(input.target, period, { most: mostSummed, checked: input.scope });
}

/** Both ledgers of a transfer: the parent's is the caller's own where the caller is a reseller's. */
export async function familyStanding(input: Beside & Pick<LoadInput, 'target' | 'consistent'>) {
  const above = async () => (await input.scope()).target.path.at(-2) ?? '';
  const parent = async () =>
    headOf(input.home.startsWith('cus_') ? input.home : await above(), input.consistent);
  const [child, parentLedger, system] = await Promise.all([
    headOf(input.target, input.consistent),
    parent(),
    providerSystem(input),
  ]);
  return { family: { parent: parentLedger, child }, system };
}

/** The provider's switch of the credit system; undefined before it was ever used. */
export function creditSystemOf(providerId: string): Promise<Record<string, unknown> | undefined> {
  return get(settingsKey(providerId, 'CREDIT_SYSTEM'), true);
}

export function mspModeOf(providerId: string): Promise<Record<string, unknown> | undefined> {
  return get(settingsKey(providerId, 'MSP_MODE'), true);
}

/** The switch of the provider that acts, read with the caller's membership where the caller belongs to the provider itself. */
export const besideSystem = ({ home }: { home: string }): Key[] =>
  home.startsWith('prv_') ? [settingsKey(home, 'CREDIT_SYSTEM')] : [];

/** The credit system of the provider that acts; a route that asks it declares `alongside: besideSystem`. */
export async function providerSystem(input: Beside): Promise<Readonly<Record<string, unknown>> | undefined> {
  if (input.home.startsWith('prv_')) return (await input.alongside())[0];
  return creditSystemOf(providerOf((await input.scope()).target));
}

export type Beside = Pick<LoadInput, 'home' | 'scope' | 'alongside'>;
