import { note } from '../kit/event.ts';
import type { Kind } from '../kit/id.ts';
import type { Plan, Write } from '../kit/plan.ts';

/** Who writes what of a ledger, as far as its announcements say it. */
export interface Booker {
  readonly path: readonly string[];
  readonly newId: (kind: Kind) => string;
  readonly traceId: string;
}

/** What a ledger's plan writes, inside a greater transaction: its entry announces for itself, a lost race decides again. */
export function booked(
  { writes, outbox, announcements = [] }: Plan,
  { path, newId, traceId }: Booker,
): Write[] {
  const ev = announcements.length > 0 ? note(announcements, () => newId('event')) : undefined;
  return writes.map((write, index): Write => {
    if (write.do !== 'create') return write;
    const announcing = index === outbox && ev ? { ev, path: path.join('/'), traceId } : {};
    return { do: 'create', item: { ...write.item, ...announcing } };
  });
}
