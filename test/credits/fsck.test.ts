import { describe, expect, it } from 'vitest';
import type { Stored } from '../../infra/invariants.ts';
import { ledgers } from '../../infra/ledgers.ts';
import { newId } from '../../lib/aws/world.ts';
import { type Entry, toItem } from '../../lib/credits/entry.ts';
import { debit, grant, refund } from '../../lib/credits/ledger.ts';
import { transfer } from '../../lib/credits/transfer.ts';
import { Past } from './past.ts';

const [parent, child] = ['cus_00000000000000000000000001', 'cus_00000000000000000000000002'];
const at = (minute: number) =>
  new Date(Date.parse('2026-03-01T00:00:00.000Z') + minute * 60_000).toISOString();

/** Two ledgers with a grant, a batch, a refund of a line and a transfer. */
function sound(): { past: Past; items: Stored[] } {
  const past = new Past(parent);
  past.at(at(0), (ledger, by) => grant(ledger, { amount: 100, priority: 1 }, by));
  past.at(at(1), (ledger, by) => debit(ledger, { amount: 9, lines: [{ amount: 4 }, { amount: 5 }] }, by));
  past.at(at(2), (ledger, by) => refund(ledger, { debit: past.entries[1] as Entry, line: 1 }, by));
  const scope = { target: { id: child, path: ['plt_1', 'prv_1', parent, child], version: 1 } } as never;
  past.at(at(3), (ledger, by) => {
    const asked = { ...by, scope, newId, requestId: 'trace' } as never;
    return transfer({ parent: ledger, child: { customerId: child, head: null } }, { amount: 6 }, asked);
  });
  return { past, items: past.take() };
}

const found = (items: readonly Stored[]) =>
  [...ledgers(items)].map(({ where, what }) => `${where.slice(-1)}: ${what}`);

/** The same items with one entry of the parent changed. */
function changed(seq: number, how: (entry: Stored) => Stored | undefined): string[] {
  const { items } = sound();
  const isMeant = ({ kind, seq: own, PK }: Stored) =>
    kind === 'entry' && own === seq && String(PK).includes(parent);
  const other = items.filter((item) => !isMeant(item));
  const meant = items.filter(isMeant).map(how);
  return found([...other, ...meant.filter((item) => item !== undefined)]);
}

describe('the ledgers of a table', () => {
  it('are sound as the operations leave them', () => {
    expect(found(sound().items)).toEqual([]);
  });

  it('are named where somebody laid hands on them', () => {
    expect(changed(1, (one) => ({ ...one, balance: 101 }))).toEqual([
      '1: entry 1 does not add up to its balance',
      '1: entry 2 does not follow the one before',
      '1: entry 2 does not add up to its balance',
    ]);
    expect(changed(2, () => undefined)).toContain('1: entry 2 is missing');
    expect(changed(1, (one) => ({ ...one, reason: 'Else' }))).toEqual([
      '1: entry 2 does not follow the one before',
    ]);
    expect(changed(3, (one) => ({ ...one, amount: 4 }))).toContain(
      '1: entry 3 refunds another amount than was debited',
    );
    expect(changed(1, (one) => ({ ...one, lots: `1----${(101).toString(36)}` }))).toContain(
      '1: entry 1 has more in lots than its balance',
    );
    expect(changed(4, (one) => ({ ...one, peer: `${child}/ent_20200101000000000` }))).toEqual([
      '1: entry 4 is a transfer without its other half',
      '2: entry 1 is a transfer without its other half',
    ]);
  });

  it('name a debit that was refunded twice', () => {
    const { past, items } = sound();
    const third = past.entries[2] as Entry;
    const again = { ...third, seq: 4, previousAt: third.at, at: at(4) };
    const rest = items.filter(({ seq, PK }) => !(seq === 4 && String(PK).includes(parent)));
    expect(found([...rest, toItem(parent, again)])).toContain(`1: entry 4 refunds ${third.refundOf} again`);
  });
});
