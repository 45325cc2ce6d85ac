import { entryId, toEntry } from '../../lib/credits/entry.ts';
import { isOpen } from '../../lib/requests/course.ts';
import { type ServiceRequest, toFiled } from '../../lib/requests/request.ts';
import { type Check, covered, placeOf, type Stored, tally, tenantOf, type Watch } from './check.ts';

/** What one item says of a purchase: what must be found elsewhere, and what others find here. */
interface Said {
  readonly needs: readonly (readonly [name: string, what: string])[];
  readonly has: readonly string[];
}

const nothing: Said = { needs: [], has: [] };
const endedBadly = ['REJECTED', 'CANCELLED', 'FAILED'];
const costOf = ({ price }: ServiceRequest) => (price.unit === 'CREDITS' ? price.total : 0);

function ofRequest(request: ServiceRequest): Said {
  const { id, customerId, debitEntryId, refundEntryId } = request;
  if (!debitEntryId) return nothing;
  const cost = costOf(request);
  const debit = [customerId, debitEntryId, id, cost].join(' ');
  const back = [customerId, refundEntryId, debitEntryId, cost].join(' ');
  return {
    needs: [
      [`debit ${debit}`, 'no such debit of what it cost'],
      ...(refundEntryId ? [[`refund ${back}`, 'no such refund of what it cost'] as const] : []),
      ...(endedBadly.includes(request.state)
        ? [[`back ${customerId} ${debitEntryId}`, 'it ended and nothing was given back'] as const]
        : []),
    ],
    has: [`request ${debit}`],
  };
}

/** Only a purchase debits a customer in the name of one of its own. */
function ofEntry(item: Stored): Said {
  const tenant = tenantOf(item);
  const { type, amount, actor, requestId, refundOf, previousAt } = toEntry(item);
  const id = entryId(previousAt);
  if (type === 'REFUND')
    return {
      needs: [],
      has: [`refund ${[tenant, id, refundOf, amount].join(' ')}`, `back ${tenant} ${refundOf}`],
    };
  if (type !== 'DEBIT' || requestId === undefined) return nothing;
  const debit = [tenant, id, requestId, amount].join(' ');
  const asked: Said['needs'] = [[`request ${debit}`, 'no request of this price is behind it']];
  return { needs: actor.home === tenant ? asked : [], has: [`debit ${debit}`] };
}

function read(item: Stored): Said | undefined {
  try {
    if (item.kind === 'request') return ofRequest(toFiled(item).request);
    return item.kind === 'entry' ? ofEntry(item) : nothing;
  } catch {
    return undefined;
  }
}

/** Requests were paid, and paid back, as they say; what was paid was requested; the open ones are counted. */
export const requests: Check = (_known, tell) => {
  const purchases = covered();
  const counted = tally();
  return {
    see: (item) => {
      const said = read(item);
      if (!said && item.kind === 'request') tell(placeOf(item), 'it is no request');
      for (const [name] of said?.needs ?? []) purchases.need(name);
      for (const name of said?.has ?? []) purchases.have(name);
      if (item.kind === 'requestCount') counted.add(tenantOf(item), Number(item.open));
      else if (item.kind === 'request' && isOpen(item as never)) counted.add(tenantOf(item), -1);
      if (said && item.kind === 'request') inItself(item, tell);
    },
    end: () => {
      for (const [tenant, off] of counted.uneven())
        tell(tenant, `it counts ${Math.abs(off)} open requests ${off > 0 ? 'more' : 'fewer'} than there are`);
    },
    again: () => (purchases.isWhole() ? undefined : closer(tell, purchases.isSuspect)),
  };
};

function inItself(item: Stored, tell: Parameters<Check>[1]): void {
  const { request } = toFiled(item);
  const { price, state, debitEntryId, refundEntryId } = request;
  if ((price.unit === 'CREDITS') !== (debitEntryId !== null))
    tell(placeOf(item), 'what it costs and whether it was debited disagree');
  if (refundEntryId !== null && !(debitEntryId && endedBadly.includes(state)))
    tell(placeOf(item), 'it was given back what it did not pay, or still has');
}

function closer(tell: Parameters<Check>[1], isSuspect: (name: string) => boolean): Watch {
  const needed = new Map<string, string>();
  const had = new Set<string>();
  return {
    see: (item) => {
      const said = read(item);
      for (const [name, what] of said?.needs ?? [])
        if (isSuspect(name)) needed.set(name, `${placeOf(item)}|${what}`);
      for (const name of said?.has ?? []) if (isSuspect(name)) had.add(name);
    },
    end: () => {
      for (const [name, place] of needed) {
        const [where = '', what = ''] = place.split('|');
        if (!had.has(name)) tell(where, what);
      }
    },
  };
}
