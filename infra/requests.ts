import { effectOf, entryId, toEntry } from '../lib/credits/entry.ts';
import { isOpen } from '../lib/requests/course.ts';
import { type ServiceRequest, toFiled } from '../lib/requests/request.ts';
import type { Stored, Violation } from './invariants.ts';

/** What service requests promise of themselves: their count, and that they were paid, and paid back, as they say. */
export function requests(items: readonly Stored[]): Violation[] {
  const all = items.filter(({ kind }) => kind === 'request').map((item) => toFiled(item).request);
  return [...counts(items, all), ...payments(items, all)];
}

function counts(items: readonly Stored[], all: readonly ServiceRequest[]): Violation[] {
  const open = Map.groupBy(all.filter(isOpen), ({ customerId }) => customerId);
  const counted = new Map(
    items
      .filter(({ kind }) => kind === 'requestCount')
      .map((item) => [String(item.PK).split('#')[1] ?? '', Number(item.open)]),
  );
  return [...new Set([...open.keys(), ...counted.keys()])].flatMap((where): Violation[] => {
    const [says, has] = [counted.get(where) ?? 0, open.get(where)?.length ?? 0];
    const what = `it counts ${says} open requests and has ${has}`;
    return says === has ? [] : [{ invariant: 'counts', where, what }];
  });
}

function payments(items: readonly Stored[], all: readonly ServiceRequest[]): Violation[] {
  const effects = new Map(
    items
      .filter(({ kind }) => kind === 'entry')
      .map((item) => [
        `${String(item.PK).split('#')[1]} ${entryId(String(item.SK))}`,
        effectOf(toEntry(item)),
      ]),
  );
  return all.flatMap(({ id, customerId, price, debitEntryId, refundEntryId }): Violation[] => {
    const of = (entry: string | null) => (entry === null ? 0 : effects.get(`${customerId} ${entry}`));
    const cost = price.unit === 'CREDITS' ? price.total : 0;
    const paid = of(debitEntryId) === -cost || 'what it cost and what was debited differ';
    const back = refundEntryId === null || of(refundEntryId) === cost || 'what came back is not what it cost';
    return [paid, back].flatMap((what) =>
      what === true ? [] : [{ invariant: 'ledger', where: id, what: String(what) }],
    );
  });
}
