import { get, getAll, type Page, page } from '../aws/db.ts';
import { toItem as toCatalogItem } from '../catalog/item.ts';
import { holdingsOf } from '../catalog/shop-store.ts';
import { previousAtOf } from '../credits/entry.ts';
import { entryAt, headOf } from '../credits/store.ts';
import { idBound } from '../kit/id.ts';
import {
  assignmentKey,
  catalogKey,
  openRequestsKey,
  ownerPartition,
  partition,
  refundKey,
  serviceRequestKey,
  settingsKey,
} from '../kit/keys.ts';
import type { LoadInput } from '../kit/route.ts';
import { providerOf } from '../kit/scope.ts';
import type { Money } from './course.ts';
import type { Standing } from './order.ts';
import { type Filed, toFiled } from './request.ts';

/** Everything that a new request is decided from, in one round trip where the token names the provider, two for a bundle. */
export async function orderStanding(
  input: Pick<LoadInput, 'home' | 'provider' | 'scope' | 'consistent'> & {
    readonly body: { readonly itemId: string };
  },
): Promise<Standing> {
  const { home, body } = input;
  const providerId = input.provider ?? providerOf((await input.scope()).home);
  const keys = [
    assignmentKey(home, body.itemId),
    catalogKey(providerId, body.itemId),
    settingsKey(providerId, 'CREDIT_SYSTEM'),
    openRequestsKey(home),
  ];
  const [ledger, [assignment, item, system, count]] = await Promise.all([
    headOf(home, input.consistent),
    getAll(keys, true),
  ]);
  const parts = (assignment && item && toCatalogItem(item).published?.parts) ?? [];
  const owned = await holdingsOf(
    home,
    parts.map((one) => one.itemId),
    true,
  );
  return { assignment, item, parts: owned, system, count, ledger };
}

export async function requestOf(customerId: string, requestId: string): Promise<Filed | undefined> {
  const item = await get(serviceRequestKey(customerId, requestId), true);
  return item && toFiled(item);
}

/** A request with what a refund of it is decided from: the debit is found by what the request says. */
export async function endingOf(
  customerId: string,
  requestId: string,
  consistent: boolean,
): Promise<{ filed: Filed | undefined; money: Money }> {
  const [filed, ledger] = await Promise.all([
    requestOf(customerId, requestId),
    headOf(customerId, consistent),
  ]);
  const entryId = filed?.request.debitEntryId;
  if (!entryId) return { filed, money: { ledger, debit: undefined, refunded: false } };
  const [debit, mark] = await Promise.all([
    entryAt(customerId, previousAtOf(entryId)),
    get(refundKey(customerId, entryId), true),
  ]);
  return { filed, money: { ledger, debit, refunded: mark !== undefined } };
}

interface Asked {
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly limit: number;
  readonly after?: string | undefined;
}

// A request's id carries the moment in which it was made.
const moment = (at: string | undefined, otherwise: number) =>
  at === undefined ? otherwise : Math.max(0, Date.parse(at));
const bounds = ({ from, to }: Asked) => ({
  from: idBound('request', moment(from, 0), 'first'),
  to: idBound('request', moment(to, 2 ** 48 - 1), 'last'),
});

/** Whose requests are looked through: a person's, a customer's, or those of a provider's whole tree. */
export type Whose =
  | { readonly customerId: string; readonly personId?: string | undefined }
  | { readonly providerId: string };

/** A page of requests, newest first, made between `from` and `to`. */
export async function requestPage(whose: Whose, asked: Asked): Promise<Page> {
  const { from, to } = bounds(asked);
  if (from > to) return { items: [], next: null };
  const range = { from, to, backwards: true, limit: asked.limit, after: asked.after };
  if ('providerId' in whose) {
    return page({ index: 'tree', partition: partition(whose.providerId, 'REQUEST'), ...range });
  }
  const { customerId, personId } = whose;
  if (personId === undefined) return page({ partition: partition(customerId, 'REQUEST'), ...range });
  return page({ index: 'names', partition: ownerPartition(customerId, 'REQUEST', personId), ...range });
}

const beforeChecked = 100;

/**
 * All requests of a period, newest first; undefined where there are more than `most`. The first hundred are read beside
 * the check of the caller, the others after it.
 */
export async function wholePeriod(
  whose: Whose,
  period: Pick<Asked, 'from' | 'to'>,
  { most, checked }: { most: number; checked: () => Promise<unknown> },
): Promise<Record<string, unknown>[] | undefined> {
  const first = await requestPage(whose, { ...period, limit: beforeChecked });
  const out = [...first.items];
  let after = first.next ?? undefined;
  if (after) await checked();
  while (after) {
    const { items, next } = await requestPage(whose, { ...period, limit: most + 1 - out.length, after });
    out.push(...items);
    if (out.length > most) return undefined;
    after = next ?? undefined;
  }
  return out;
}
