import { describe, expect, it } from 'vitest';
import { toAttributes } from '../../lib/aws/item.ts';
import { newId } from '../../lib/aws/world.ts';
import { type Entry, toEntry } from '../../lib/credits/entry.ts';
import { configure, debit, grant, type Ledger } from '../../lib/credits/ledger.ts';
import { mostLots } from '../../lib/credits/lots.ts';
import { transfer } from '../../lib/credits/transfer.ts';
import type { Kind } from '../../lib/kit/id.ts';
import type { Item, Plan } from '../../lib/kit/plan.ts';
import { sizeOf } from '../kit/cost.ts';

const customerId = 'cus_00000000000000000000000000';
const start = Date.parse('2026-01-01T00:00:00.000Z');
const dayMs = 86_400_000;

function entryOf({ writes, outbox = 0 }: Plan): { item: Item; head: Entry } {
  const write = writes[outbox];
  if (write?.do !== 'create') throw new Error('nothing written');
  return { item: write.item, head: toEntry(write.item) };
}

describe('size of an entry', () => {
  it('stays within one write unit, whatever a ledger is told to do', () => {
    const by = (ms: number) => ({
      actor: { id: newId('person', ms), kind: 'person', home: newId('customer', ms) } as const,
      now: new Date(ms).toISOString(),
    });
    let head: Entry | null = null;
    const ledger = (): Ledger => ({ customerId, head });
    const topUp = { below: 123_456, amount: 1_234_567, cooldownMinutes: 1440, maxPerDay: 24 };
    const told = {
      alertLimit: 12_345_678,
      rearmPercent: 50,
      blockBelowZero: false,
      daysLeftAlert: 365,
      topUp,
    };
    head = entryOf(configure(ledger(), told, by(start))).head;
    for (let index = 0; index < mostLots; index++) {
      const expiresAt = new Date(start + (900 + index) * dayMs).toISOString();
      const command = { amount: 20_000_000, priority: index, expiresAt };
      head = entryOf(grant(ledger(), command, by(start + 1 + index))).head;
    }
    head = entryOf(grant(ledger(), { amount: 20_000_000 }, by(start + 99))).head;
    const far = { customerId: newId('customer', start), head: null };
    const parent = { ...far, head: entryOf(grant(far, { amount: 987_654_321_000 }, by(start))).head };
    const scope = { target: { id: customerId, path: [], version: 1 } } as never;
    const handing = {
      ...by(start + 100),
      scope,
      newId: (kind: Kind) => newId(kind, start),
      requestId: 'trace',
    };
    head = entryOf(transfer({ parent, child: ledger() }, { amount: 500_000_000 }, handing)).head;
    const sizes: number[] = [];
    for (let day = 1; day <= 70; day++) {
      const ms = start + day * dayMs;
      const said = {
        serviceId: newId('service', ms),
        personId: newId('person', ms),
        requestId: newId('request', ms),
      };
      const plan = debit(ledger(), { amount: 2_123_456, ...said }, by(ms));
      const { item, head: next } = entryOf(plan);
      sizes.push(sizeOf(toAttributes(item)));
      head = next;
    }
    process.stdout.write(
      `largest entry: ${Math.max(...sizes)} bytes of 1,024; ${sizes.at(0)} … ${sizes.at(-1)}\n`,
    );
    expect(Math.max(...sizes)).toBeLessThanOrEqual(1024);
  });
});
