import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromAttributes, toAttributes } from '../../lib/aws/item.ts';
import { newId } from '../../lib/aws/world.ts';
import { type Entry, effectOf, entryId, hashOf, previousAtOf, toEntry } from '../../lib/credits/entry.ts';
import { predict } from '../../lib/credits/forecast.ts';
import { adjust, configure, debit, grant, type Ledger } from '../../lib/credits/ledger.ts';
import { refund } from '../../lib/credits/refunds.ts';
import { lookUp } from '../../lib/credits/ring.ts';
import type { Item, Plan } from '../../lib/kit/plan.ts';
import { Problem } from '../../lib/kit/problem.ts';

const customerId = 'cus_00000000000000000000000000';
const actor = { id: 'per_1', kind: 'person', home: 'prv_1' } as const;
const start = Date.parse('2026-01-01T00:00:00.000Z');

const stored = (item: Item) => fromAttributes(toAttributes(item));

type Command =
  | { do: 'grant' | 'debit' | 'own'; amount: number }
  | { do: 'adjust'; amount: number }
  | { do: 'refund'; pick: number }
  | { do: 'configure'; alertLimit: number | null; blockBelowZero: boolean };

const amount = fc.integer({ min: 1, max: 200 });
const command: fc.Arbitrary<Command> = fc.oneof(
  fc.record({ do: fc.constantFrom('grant', 'debit', 'own'), amount }) as fc.Arbitrary<Command>,
  fc.record({
    do: fc.constant('adjust' as const),
    amount: fc.integer({ min: -100, max: 100 }).filter((n) => n !== 0),
  }),
  fc.record({ do: fc.constant('refund' as const), pick: fc.nat(20) }),
  fc.record({
    do: fc.constant('configure' as const),
    alertLimit: fc.option(fc.nat(100)),
    blockBelowZero: fc.boolean(),
  }),
);

function run(commands: readonly Command[]) {
  const entries: Entry[] = [];
  const notices: string[][] = [];
  const refunded = new Set<string>();
  commands.forEach((one, index) => {
    const ledger: Ledger = { customerId, head: entries.at(-1) ?? null };
    const by = { actor, now: new Date(start + index * 1000).toISOString() };
    let plan: Plan;
    try {
      plan = decide(one, ledger, by, entries);
    } catch (error) {
      if (error instanceof Problem) return;
      throw error;
    }
    const [write, once] = plan.writes;
    if (write?.do !== 'create') return;
    if (once?.do === 'create') {
      if (refunded.has(once.item.SK)) return;
      refunded.add(once.item.SK);
    }
    entries.push(toEntry(stored(write.item)));
    for (const said of plan.announcements ?? []) {
      notices.push([
        said.type,
        ...(said.data as { thresholds: { id: string }[] }).thresholds.map(({ id }) => id),
      ]);
    }
  });
  return { entries, notices, refunded };
}

function decide(
  one: Command,
  ledger: Ledger,
  by: { actor: typeof actor; now: string },
  entries: readonly Entry[],
): Plan {
  switch (one.do) {
    case 'grant':
      return grant(ledger, one, by);
    case 'debit':
      return debit(ledger, one, by);
    case 'own':
      return debit(ledger, { amount: one.amount, requestId: newId('request', Date.parse(by.now)) }, by);
    case 'adjust':
      return adjust(ledger, { ...one, reason: 'why' }, by);
    case 'refund': {
      const picked = entries[one.pick];
      if (!picked) throw new Problem({ code: 'none', status: 404, title: 'none' });
      return refund(ledger, { debit: picked }, by);
    }
    case 'configure':
      return configure(
        ledger,
        { alertLimit: one.alertLimit, rearmPercent: 5, blockBelowZero: one.blockBelowZero },
        by,
      );
  }
}

describe('ledger', () => {
  it('keeps balance = Σ entries, each balanceAfter the next balanceBefore, the chain unbroken, times strictly rising', () => {
    fc.assert(
      fc.property(fc.array(command, { maxLength: 60, size: 'max' }), (commands) => {
        const { entries } = run(commands);
        let sum = 0;
        entries.forEach((one, index) => {
          const before = entries[index - 1];
          sum += effectOf(one);
          expect(one.balance).toBe(sum);
          expect(one.seq).toBe(index + 1);
          expect(one.previousAt).toBe(before?.at ?? '0');
          expect(one.prev).toBe(before ? hashOf(before) : '');
          if (before) expect(one.at > before.at).toBe(true);
          expect(previousAtOf(entryId(one.previousAt))).toBe(one.previousAt);
        });
      }),
      { numRuns: 300 },
    );
  });

  it('announces exactly the crossings that an independent replay finds', () => {
    fc.assert(
      fc.property(fc.array(command, { maxLength: 60, size: 'max' }), (commands) => {
        const { entries, notices } = run(commands);
        const expected: string[][] = [];
        let armed = new Map<number, boolean>();
        for (const one of entries) {
          const limit = one.alertLimit ?? 0;
          const margin = Math.max(1, Math.ceil(limit * 0.05));
          const levels = limit > 0 ? [limit, 0] : [0];
          armed = new Map(levels.map((level) => [level, armed.get(level) ?? true]));
          const low = levels.filter((level) => armed.get(level) && one.balance < level);
          const back = levels.filter((level) => !armed.get(level) && one.balance >= level + margin);
          for (const level of low) armed.set(level, false);
          for (const level of back) armed.set(level, true);
          if (low.length > 0)
            expected.push(['credits.balance_low.v1', ...low.map((level) => `below-${level}`)]);
          if (back.length > 0)
            expected.push(['credits.balance_recovered.v1', ...back.map((level) => `below-${level}`)]);
        }
        expect(notices).toEqual(expected);
      }),
      { numRuns: 300 },
    );
  });

  it('never lets a debit through below zero where that is blocked, and refunds a debit at most once', () => {
    fc.assert(
      fc.property(fc.array(command, { maxLength: 60, size: 'max' }), (commands) => {
        const { entries } = run(commands);
        for (const one of entries)
          if (one.type === 'DEBIT' && one.blockBelowZero) expect(one.balance).toBeGreaterThanOrEqual(0);
        const refunds = entries.filter(({ type }) => type === 'REFUND');
        expect(new Set(refunds.map(({ refundOf }) => refundOf)).size).toBe(refunds.length);
        for (const one of refunds) {
          const debited = entries.find((other) => entryId(other.previousAt) === one.refundOf);
          expect(one.amount).toBe(debited?.amount);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('finds every own key ever used in the ring or sends to the search, and never takes a used key for new', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: -300_000, max: 300_000 }), { minLength: 1, maxLength: 60, size: 'max' }),
        (skews) => {
          const entries: Entry[] = [];
          const keys: string[] = [];
          skews.forEach((skew, index) => {
            const now = start + index * 1000;
            const requestId = newId('request', now + skew);
            const plan = debit(
              { customerId, head: entries.at(-1) ?? null },
              { amount: 1, requestId },
              { actor, now: new Date(now).toISOString() },
            );
            const [write] = plan.writes;
            if (write?.do === 'create') entries.push(toEntry(stored(write.item)));
            keys.push(requestId);
          });
          const head = entries.at(-1) as Entry;
          keys.forEach((key, index) => {
            const found = lookUp(head, key);
            expect(found).not.toBe('new');
            if (typeof found === 'object') expect(found.previousAt).toBe(entries[index]?.previousAt);
          });
        },
      ),
      { numRuns: 200 },
    );
  });
});

describe('forecast', () => {
  const now = '2026-02-01T00:00:00.000Z';
  it('needs three days of data', () => {
    const firstAt = '2026-01-30T00:00:00.000Z';
    expect(predict({ balance: 100, burned: 10, burnedBefore: 0, firstAt, now }).reason).toBe(
      'TOO_LITTLE_DATA',
    );
  });
  it('divides what was burned by the days', () => {
    const firstAt = '2026-01-22T00:00:00.000Z';
    expect(predict({ balance: 100, burned: 100, burnedBefore: 0, firstAt, now })).toEqual({
      balance: 100,
      averageDailyBurn: 10,
      daysOfData: 10,
      daysLeft: 10,
      exhaustsOn: '2026-02-11',
      coverDays: 30,
      suggestedTopUp: 200,
      reason: 'FORECAST',
    });
  });
  it('says when nothing is consumed or nothing is left', () => {
    const firstAt = '2026-01-01T00:00:00.000Z';
    expect(predict({ balance: 5, burned: 0, burnedBefore: 0, firstAt, now }).reason).toBe('NO_CONSUMPTION');
    expect(predict({ balance: 0, burned: 30, burnedBefore: 0, firstAt, now }).reason).toBe(
      'ALREADY_EXHAUSTED',
    );
  });
});
