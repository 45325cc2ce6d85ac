import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromAttributes, toAttributes } from '../../lib/aws/item.ts';
import { lotsOf } from '../../lib/credits/chain.ts';
import { type Entry, effectOf, entryId, hashOf, toEntry } from '../../lib/credits/entry.ts';
import { bookDue } from '../../lib/credits/expiry.ts';
import { adjust, debit, grant, type Ledger, standingOf } from '../../lib/credits/ledger.ts';
import { type Lot, mostLots, pack, special, total, unpack } from '../../lib/credits/lots.ts';
import { refund } from '../../lib/credits/refunds.ts';
import type { Plan } from '../../lib/kit/plan.ts';
import { Problem } from '../../lib/kit/problem.ts';

const customerId = 'cus_00000000000000000000000000';
const actor = { id: 'per_1', kind: 'person', home: 'prv_1' } as const;
const start = Date.parse('2026-01-01T00:00:00.000Z');
const hourMs = 3_600_000;
const iso = (ms: number) => new Date(ms).toISOString();

type Command =
  | { do: 'grant'; amount: number; hours: number | null; priority: number }
  | { do: 'debit'; amount: number }
  | { do: 'batch'; amounts: number[] }
  | { do: 'refund'; pick: number; line: number }
  | { do: 'adjust'; amount: number }
  | { do: 'book' };
type Step = Command & { wait: number };

const amount = fc.integer({ min: 1, max: 100 });
const command: fc.Arbitrary<Command> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('grant' as const),
      amount,
      hours: fc.option(fc.integer({ min: 1, max: 6 }), { freq: 3 }),
      priority: fc.constantFrom(0, 5, 5, 9),
    }),
  },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('debit' as const), amount }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('batch' as const),
      amounts: fc.array(amount, { minLength: 1, maxLength: 4 }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('refund' as const), pick: fc.nat(30), line: fc.nat(3) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('adjust' as const),
      amount: fc.integer({ min: -60, max: 60 }).filter((n) => n !== 0),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('book' as const) }) },
);
// Waits that meet full hours, and the millisecond before them, as often as not.
const wait = fc.oneof(
  fc.constantFrom(0, 1, hourMs - 1, hourMs, 30 * 60_000),
  fc.integer({ min: 0, max: 4 * hourMs }),
);
const steps = fc.array(
  fc.tuple(command, wait).map(([one, ms]): Step => ({ ...one, wait: ms })),
  { maxLength: 50, size: 'max' },
);

/** Every credit by itself, with where it came from: slow, and without any of the code under test. */
class Naive {
  readonly coins: { id: number; priority: number; end: string | null }[] = [];
  debt = 0;
  private readonly spent = new Map<string, (Naive['coins'][number] | null)[]>();
  private next = 0;

  private sorted() {
    const end = (one: { end: string | null }) => one.end ?? '9';
    return this.coins.sort(
      (a, b) => a.priority - b.priority || (end(a) < end(b) ? -1 : end(a) > end(b) ? 1 : 0) || a.id - b.id,
    );
  }
  expire(at: string) {
    const over = this.coins.filter(({ end }) => end !== null && end <= at).length;
    const good = this.coins.filter(({ end }) => end === null || end > at);
    this.coins.splice(0, this.coins.length, ...good);
    return over;
  }
  put(coins: { priority: number; end: string | null }[]) {
    for (const one of coins) this.coins.push({ ...one, id: this.next++ });
    this.sorted();
    while (this.debt > 0 && this.coins.length > 0) {
      this.coins.shift();
      this.debt--;
    }
  }
  spend(key: string, count: number) {
    this.sorted();
    const taken = Array.from({ length: count }, () => this.coins.shift() ?? null);
    this.debt += taken.filter((one) => one === null).length;
    this.spent.set(key, taken);
  }
  giveBack(key: string, from: number, count: number, at: string) {
    const back = (this.spent.get(key) ?? []).slice(from, from + count);
    const owed = back.filter((one) => one === null).length;
    const paid = Math.min(owed, this.debt);
    this.debt -= paid;
    const plain = { priority: 5, end: null };
    const coins = back.filter((one) => one !== null);
    this.put([
      ...coins.map((one) => (one.end === null || one.end > at ? one : plain)),
      ...Array.from({ length: owed - paid }, () => plain),
    ]);
  }
  lots(): Record<string, number> {
    const out: Record<string, number> = {};
    for (const { priority, end } of this.coins)
      out[`${priority} ${end}`] = (out[`${priority} ${end}`] ?? 0) + 1;
    return out;
  }
  get balance() {
    return this.coins.length - this.debt;
  }
}

const byName = (lots: readonly Lot[]) =>
  Object.fromEntries(lots.map(({ priority, expiresAt, amount: n }) => [`${priority} ${expiresAt}`, n]));

interface Ran {
  readonly entries: Entry[];
  /** Balance and lots that the reference has after each step, with its moment. */
  readonly moments: { at: string; balance: number; lots: Record<string, number> }[];
  readonly head: Entry | null;
}

function run(all: readonly Step[]): Ran {
  const entries: Entry[] = [];
  const moments: Ran['moments'] = [];
  const naive = new Naive();
  const refunded = new Set<string>();
  let clock = start;
  for (const step of all) {
    clock += step.wait;
    const head = entries.at(-1) ?? null;
    const ledger: Ledger = { customerId, head };
    let plan: Plan;
    try {
      plan = decide(step, ledger, entries, iso(clock));
    } catch (error) {
      if (error instanceof Problem) continue;
      throw error;
    }
    const [once] = plan.writes.flatMap((write) =>
      write.do === 'create' && write.item.kind === 'refund' ? [write.item.SK] : [],
    );
    if (once && refunded.has(once)) continue;
    if (once) refunded.add(once);
    for (const write of plan.writes) {
      if (write.do !== 'create' || write.item.kind !== 'entry') continue;
      const made = toEntry(fromAttributes(toAttributes(write.item)));
      entries.push(made);
      follow(naive, made, entries);
    }
    const last = entries.at(-1);
    if (last) moments.push({ at: last.at, balance: naive.balance, lots: naive.lots() });
  }
  return { entries, moments, head: entries.at(-1) ?? null };
}

function decide(step: Step, ledger: Ledger, entries: readonly Entry[], now: string): Plan {
  const by = { actor, now };
  const debits = entries.filter(({ type }) => type === 'DEBIT');
  switch (step.do) {
    case 'grant': {
      const hour = Math.floor(Date.parse(now) / hourMs) * hourMs;
      const expiresAt = step.hours === null ? undefined : iso(hour + step.hours * hourMs);
      return grant(ledger, { amount: step.amount, priority: step.priority, expiresAt }, by);
    }
    case 'debit':
      return debit(ledger, { amount: step.amount }, by);
    case 'batch': {
      const sum = step.amounts.reduce((a, b) => a + b, 0);
      return debit(ledger, { amount: sum, lines: step.amounts.map((one) => ({ amount: one })) }, by);
    }
    case 'refund': {
      const picked = debits[step.pick];
      if (!picked) throw new Problem({ code: 'none', status: 404, title: 'none' });
      return refund(ledger, { debit: picked, ...(picked.lines ? { line: step.line } : {}) }, by);
    }
    case 'adjust':
      return adjust(ledger, { amount: step.amount, reason: 'why' }, by);
    case 'book':
      return bookDue(ledger, [], by);
  }
}

/** The reference does what an entry says was asked, and works out for itself what follows. */
function follow(naive: Naive, entry: Entry, entries: readonly Entry[]) {
  const key = entry.previousAt;
  const over = naive.expire(entry.at);
  if (entry.type === 'EXPIRE') expect(entry.amount).toBe(over);
  else expect(over).toBe(0);
  if (entry.type === 'GRANT') {
    const [lot = { priority: 5, expiresAt: null }] = unpack(entry.parts);
    naive.put(Array.from({ length: entry.amount }, () => ({ priority: lot.priority, end: lot.expiresAt })));
  }
  if (entry.type === 'DEBIT') naive.spend(key, entry.amount);
  if (entry.type === 'ADJUST' && entry.amount < 0) naive.spend(key, -entry.amount);
  if (entry.type === 'ADJUST' && entry.amount > 0)
    naive.put(Array.from({ length: entry.amount }, () => ({ priority: 5, end: null })));
  if (entry.type === 'REFUND') {
    const [id = '', line] = (entry.refundOf ?? '').split('#');
    const of = entries.find((one) => entryId(one.previousAt) === id);
    const from = (of?.lines ?? []).slice(0, Number(line ?? 0)).reduce((sum, one) => sum + one.amount, 0);
    naive.giveBack(of?.previousAt ?? '', from, entry.amount, entry.at);
  }
}

const headAfter = ({ writes, outbox = 0 }: Plan): Entry | undefined => {
  const write = writes[outbox];
  return write?.do === 'create' ? toEntry(write.item) : undefined;
};

describe('lots', () => {
  it('sum up to the balance, burn in order and come back as a naive reference has it', () => {
    fc.assert(
      fc.property(steps, (all) => {
        const { entries, moments } = run(all);
        let sum = 0;
        entries.forEach((one, index) => {
          sum += effectOf(one);
          expect(one.balance).toBe(sum);
          expect(total(lotsOf(one))).toBe(Math.max(0, one.balance));
          expect(lotsOf(one).every(({ amount: n }) => n > 0)).toBe(true);
          expect(special(lotsOf(one)).length).toBeLessThanOrEqual(mostLots);
          expect(one.prev).toBe(index === 0 ? '' : hashOf(entries[index - 1] as Entry));
          if (index > 0) expect(one.at > (entries[index - 1]?.at ?? '')).toBe(true);
        });
        for (const { at, balance, lots } of moments) {
          const entry = entries.find((one) => one.at === at) ?? null;
          expect(entry?.balance).toBe(balance);
          expect(byName(lotsOf(entry))).toEqual(lots);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('are off as of any moment, however late that is booked', () => {
    fc.assert(
      fc.property(steps, fc.array(fc.nat(200), { maxLength: 10 }), (all, halves) => {
        const { entries } = run(all);
        for (const half of halves) {
          const at = iso(start + half * (hourMs / 2));
          const head = entries.findLast((one) => one.at <= at) ?? null;
          const late = standingOf({ head }, at);
          const booked = head ? bookDue({ customerId, head }, [], { actor, now: at }) : undefined;
          const [write] = booked?.writes ?? [];
          const after = write?.do === 'create' ? toEntry(write.item) : head;
          expect(late.balance).toBe(after?.balance ?? 0);
          expect(late.lots.every(({ expiresAt }) => expiresAt === null || expiresAt > at)).toBe(true);
        }
      }),
      { numRuns: 200 },
    );
  });

  it('end the same whether what is due is booked at once or with the next entry', () => {
    fc.assert(
      fc.property(steps, (all) => {
        const eager = all.flatMap((one): Step[] => [
          { do: 'book', wait: one.wait },
          { ...one, wait: 0 },
        ]);
        const [a, b] = [run(all), run(eager)];
        const end = iso(start + all.reduce((sum, one) => sum + one.wait, 60_000));
        expect(standingOf(b, end)).toEqual({ ...standingOf(a, end), expiring: expect.any(Number) });
      }),
      { numRuns: 200 },
    );
  });

  it('are as before where a debit is given back at once, owed or not', () => {
    fc.assert(
      fc.property(steps, fc.integer({ min: 1, max: 300 }), (all, much) => {
        const { head } = run(all);
        const now = iso(start + 400 * hourMs);
        const opened = headAfter(bookDue({ customerId, head }, [], { actor, now })) ?? head;
        const taken = headAfter(debit({ customerId, head: opened }, { amount: much }, { actor, now }));
        const back = refund({ customerId, head: taken ?? null }, { debit: taken as Entry }, { actor, now });
        expect(lotsOf(headAfter(back) ?? null)).toEqual(lotsOf(opened));
      }),
    );
  });

  it('are told as text and read back', () => {
    const lot = fc.record({
      amount: fc.integer({ min: 1, max: 1_000_000_000_000 }),
      priority: fc.integer({ min: 0, max: 9 }),
      expiresAt: fc.option(fc.integer({ min: 0, max: 1_100_000 }).map((hour) => iso(hour * hourMs))),
    });
    fc.assert(
      fc.property(fc.array(lot, { maxLength: mostLots }), (lots) => {
        expect(unpack(pack(lots))).toEqual(special(lots));
      }),
    );
  });
});
