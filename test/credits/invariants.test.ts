import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromAttributes, toAttributes } from '../../lib/aws/item.ts';
import { newId } from '../../lib/aws/world.ts';
import { type Entry, effectOf, entryId, hashOf, toEntry } from '../../lib/credits/entry.ts';
import { bookDue } from '../../lib/credits/expiry.ts';
import { adjust, configure, debit, grant } from '../../lib/credits/ledger.ts';
import { refund } from '../../lib/credits/refunds.ts';
import type { Settings } from '../../lib/credits/settings.ts';
import { topUp } from '../../lib/credits/top-up-grant.ts';
import { handedBy, reclaim, transfer } from '../../lib/credits/transfer.ts';
import { envelopesOf } from '../../lib/kit/event.ts';
import type { Item, Plan } from '../../lib/kit/plan.ts';
import { Problem } from '../../lib/kit/problem.ts';
import type { Node } from '../../lib/kit/scope.ts';

const [parent, child] = ['cus_00000000000000000000000001', 'cus_00000000000000000000000002'];
const actor = { id: 'per_1', kind: 'person', home: 'prv_1' } as const;
const start = Date.parse('2026-01-01T00:00:00.000Z');
const hourMs = 3_600_000;

type Who = typeof parent;
type Command =
  | { do: 'grant'; who: Who; amount: number; hours: number | null; priority: number }
  | { do: 'debit' | 'transfer' | 'reclaim' | 'book'; who: Who; amount: number }
  | { do: 'refund'; who: Who; pick: number }
  | { do: 'adjust'; who: Who; amount: number }
  | { do: 'configure'; who: Who; settings: Partial<Settings> }
  | { do: 'top up'; who: Who; pick: number };
type Step = Command & { wait: number };

const who = fc.constantFrom(parent, child);
const amount = fc.integer({ min: 1, max: 200 });
const settings: fc.Arbitrary<Partial<Settings>> = fc.record(
  {
    alertLimit: fc.option(fc.nat(100)),
    blockBelowZero: fc.boolean(),
    daysLeftAlert: fc.option(fc.integer({ min: 1, max: 30 })),
    topUp: fc.option(
      fc.record({
        below: fc.nat(80),
        amount,
        cooldownMinutes: fc.integer({ min: 5, max: 300 }),
        maxPerDay: fc.integer({ min: 1, max: 3 }),
      }),
    ),
  },
  { requiredKeys: [] },
);
const is = <T extends string>(name: T) => fc.constant(name);
const command: fc.Arbitrary<Command> = fc.oneof(
  fc.record({
    do: is('grant'),
    who,
    amount,
    hours: fc.option(fc.integer({ min: 1, max: 200 })),
    priority: fc.constantFrom(1, 5),
  }),
  fc.record({ do: fc.constantFrom('debit', 'debit', 'transfer', 'reclaim', 'book'), who, amount }),
  fc.record({ do: is('refund'), who, pick: fc.nat(20) }),
  fc.record({ do: is('adjust'), who, amount: fc.integer({ min: -100, max: 100 }).filter((n) => n !== 0) }),
  fc.record({ do: is('configure'), who, settings }),
  fc.record({ do: is('top up'), who, pick: fc.nat(5) }),
);
const steps = fc.array(
  fc
    .tuple(command, fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 60 * hourMs })))
    .map(([one, wait]): Step => ({ ...one, wait })),
  { maxLength: 60, size: 'max' },
);

interface Said {
  readonly type: string;
  readonly subject: string;
  readonly data: { thresholds?: { id: string }[]; entryId?: string; amount?: number };
}

/** A store that refuses what a table would refuse. */
class Table {
  readonly chains = new Map<string, Entry[]>([
    [parent, []],
    [child, []],
  ]);
  readonly said: Said[] = [];
  readonly keys = new Set<string>();

  of(customerId: string) {
    const chain = this.chains.get(customerId) ?? [];
    return { customerId, head: chain.at(-1) ?? null };
  }
  commit(plan: Plan, target: string) {
    const made = plan.writes.flatMap((write) => (write.do === 'create' ? [write.item] : []));
    if (made.some((item) => this.keys.has(nameOf(item)))) return;
    for (const item of made) {
      this.keys.add(nameOf(item));
      if (item.kind !== 'entry') continue;
      const owner = String(item.PK).split('#')[1] ?? '';
      const stored = fromAttributes(toAttributes(item));
      this.chains.get(owner)?.push(toEntry(stored));
      for (const { type, subject, data } of envelopesOf(stored))
        this.said.push({ type, subject, data: data as Said['data'] });
    }
    for (const { type, subject, data } of plan.announcements ?? []) {
      expect(subject).toBe(target);
      this.said.push({ type, subject, data: data as Said['data'] });
    }
  }
}

const nameOf = ({ PK, SK }: Item) => `${PK} ${SK}`;
const node = { id: child, path: ['plt_1', 'prv_1', parent, child], version: 1 } as unknown as Node;

function decide(table: Table, step: Step, now: string): Plan | undefined {
  const by = { actor, now };
  const ledger = table.of(step.who);
  const chain = table.chains.get(step.who) ?? [];
  const moving = {
    ...by,
    scope: { target: node } as never,
    newId: () => newId('event', Date.parse(now)),
    requestId: 'trace',
  };
  const family = { parent: table.of(parent), child: table.of(child) };
  switch (step.do) {
    case 'grant': {
      const hour = Math.floor(Date.parse(now) / hourMs) * hourMs;
      const expiresAt = step.hours === null ? undefined : new Date(hour + step.hours * hourMs).toISOString();
      return grant(ledger, { amount: step.amount, priority: step.priority, expiresAt }, by);
    }
    case 'debit':
      return debit(ledger, { amount: step.amount, requestId: newId('request', Date.parse(now)) }, by);
    case 'transfer':
      return transfer(family, { amount: step.amount }, moving);
    case 'reclaim':
      return reclaim(family, { amount: step.amount }, moving);
    case 'book':
      return bookDue(ledger, [], by);
    case 'refund': {
      const picked = chain.filter(({ type }) => type === 'DEBIT')[step.pick];
      return picked && refund(ledger, { debit: picked }, by);
    }
    case 'adjust':
      return adjust(ledger, { amount: step.amount, reason: 'why' }, by);
    case 'configure':
      return configure(ledger, step.settings, by);
    case 'top up': {
      const due = table.said.filter(
        ({ type, subject }) => type.includes('top_up_due') && subject === step.who,
      );
      const { entryId: asking = '', amount: much = 0 } = due[step.pick]?.data ?? {};
      if (!asking) return undefined;
      const done = table.keys.has(`T#${step.who}#UNIQUE TOP_UP#${asking}`) ? {} : undefined;
      return topUp(
        { ledger, system: { enabled: true, version: 1 }, done, asking: {} },
        { entryId: asking, amount: much },
        by,
      );
    }
  }
}

function run(all: readonly Step[]): Table {
  const table = new Table();
  let clock = start;
  for (const step of all) {
    clock += step.wait;
    try {
      const plan = decide(table, step, new Date(clock).toISOString());
      const target = step.do === 'transfer' || step.do === 'reclaim' ? child : step.who;
      if (plan) table.commit(plan, target);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
    }
  }
  return table;
}

const holds = (check: (table: Table) => void) =>
  fc.assert(
    fc.property(steps, (all) => check(run(all))),
    { numRuns: 200 },
  );

describe('two ledgers under every operation', () => {
  it('1: balance = Σ entries, each after is the next before, and the chain is unbroken', () => {
    holds(({ chains }) => {
      for (const chain of chains.values()) {
        let sum = 0;
        chain.forEach((one, index) => {
          const before = chain[index - 1];
          sum += effectOf(one);
          expect(one.balance).toBe(sum);
          expect(one.seq).toBe(index + 1);
          expect(one.previousAt).toBe(before?.at ?? '0');
          expect(one.prev).toBe(before ? hashOf(before) : '');
          if (before) expect(one.at > before.at).toBe(true);
        });
      }
    });
  });

  it('1: a transfer is two entries that name each other, of one amount, never more than there was', () => {
    holds(({ chains }) => {
      const ids = new Map<string, { owner: string; one: Entry }>(
        [...chains].flatMap(([owner, chain]) =>
          chain.map((one) => [`${owner}/${entryId(one.previousAt)}`, { owner, one }] as const),
        ),
      );
      for (const [place, { one }] of ids) {
        if (!one.type.startsWith('TRANSFER')) continue;
        const other = ids.get(one.peer ?? '')?.one;
        expect(other?.peer).toBe(place);
        expect(other?.amount).toBe(one.amount);
        expect(new Set([one.type, other?.type])).toEqual(new Set(['TRANSFER_IN', 'TRANSFER_OUT']));
        if (one.type === 'TRANSFER_OUT') expect(one.balance).toBeGreaterThanOrEqual(0);
      }
    });
  });

  it('1: what is taken back was handed on, and what is left of that is what the child’s entries say', () => {
    holds(({ chains }) => {
      let handed = 0;
      for (const { type, amount, peer, handed: said } of chains.get(child) ?? []) {
        if (peer !== undefined) handed += type === 'TRANSFER_IN' ? amount : -amount;
        expect(handed).toBeGreaterThanOrEqual(0);
        expect(handedBy({ customerId: parent }, { head: { handed: said } as Entry })).toBe(handed);
      }
    });
  });

  it('2 and 12: no key changes a balance twice; a refund happens once, at its debit’s amount; a top-up once per asking', () => {
    holds(({ chains, said }) => {
      for (const [owner, chain] of chains) {
        const keys = chain.flatMap(({ requestId }) => requestId ?? []);
        expect(new Set(keys).size).toBe(keys.length);
        const refunds = chain.filter(({ type }) => type === 'REFUND');
        expect(new Set(refunds.map(({ refundOf }) => refundOf)).size).toBe(refunds.length);
        for (const one of refunds) {
          const debited = chain.find(({ previousAt }) => entryId(previousAt) === one.refundOf);
          expect(one.amount).toBe(debited?.amount);
        }
        const automatic = chain.flatMap(({ reason }) => (reason?.startsWith('Automatic') ? [reason] : []));
        expect(new Set(automatic).size).toBe(automatic.length);
        const asked = said.filter(
          ({ type, subject }) => type === 'credits.top_up_due.v1' && subject === owner,
        );
        expect(automatic.length).toBeLessThanOrEqual(asked.length);
        expect(new Set(asked.map(({ data }) => data.entryId)).size).toBe(asked.length);
      }
    });
  });

  it('8: what was announced is what an independent replay of each ledger finds', () => {
    holds(({ chains, said }) => {
      for (const [owner, chain] of chains) {
        const expected: string[] = [];
        let armed = new Map<string, boolean>();
        for (const one of chain) {
          const levels = levelsOf(one);
          armed = new Map(levels.map(({ id }) => [id, armed.get(id) ?? true]));
          const low = levels.filter(({ id, below }) => armed.get(id) && below);
          const back = levels.filter(({ id, above }) => !armed.get(id) && above);
          for (const { id } of low) armed.set(id, false);
          for (const { id } of back) armed.set(id, true);
          if (low.length > 0) expected.push(`low ${low.map(({ id }) => id)}`);
          if (back.length > 0) expected.push(`recovered ${back.map(({ id }) => id)}`);
          const since = Object.entries(one.bands).filter(([, at]) => at !== null);
          expect(new Set(since.map(([id]) => id))).toEqual(
            new Set([...armed].filter(([, free]) => !free).map(([id]) => id)),
          );
        }
        const balance = said.filter(({ type, subject }) => type.includes('.balance_') && subject === owner);
        const told = balance.map(
          ({ type, data }) => `${/balance_(\w+)/.exec(type)?.[1]} ${data.thresholds?.map(({ id }) => id)}`,
        );
        expect(told).toEqual(expected);
      }
    });
  });

  it('tops up at most so often a day, and never within the cool-down', () => {
    holds(({ chains, said }) => {
      for (const [owner, chain] of chains) {
        const asking = said
          .filter(({ type, subject }) => type === 'credits.top_up_due.v1' && subject === owner)
          .map(({ data }) => chain.find(({ previousAt }) => entryId(previousAt) === data.entryId) as Entry);
        asking.forEach((one, index) => {
          const [, , cooldown = 0] = one.topUp ?? [];
          expect(one.balance).toBeLessThan(one.topUp?.[0] ?? 0);
          const before = asking[index - 1];
          if (before)
            expect(Date.parse(one.at) - Date.parse(before.at)).toBeGreaterThan((cooldown - 1) * 60_000);
          const day = asking.filter((other) => other.at.slice(0, 10) === one.at.slice(0, 10));
          expect(day.indexOf(one)).toBeLessThan(one.topUp?.[3] ?? 0);
        });
      }
    });
  });
});

interface Level {
  readonly id: string;
  readonly below: boolean;
  readonly above: boolean;
}

/** The thresholds of an entry by the words of the semantics. */
function levelsOf({ balance, alertLimit, rearmPercent, daysLeftAlert, pace, burned, at }: Entry): Level[] {
  const limit = alertLimit ?? 0;
  const margin = Math.max(1, Math.ceil((limit * rearmPercent) / 100));
  const levels = (limit > 0 ? [limit, 0] : [0]).map((level) => ({
    id: `below-${level}`,
    below: balance < level,
    above: balance >= level + margin,
  }));
  if (daysLeftAlert === undefined) return levels;
  const speed = speedOf(pace ?? '', burned, Date.parse(at));
  const more = daysLeftAlert + Math.max(1, Math.ceil((daysLeftAlert * rearmPercent) / 100));
  const [below, above] = [balance < daysLeftAlert * speed, balance >= more * speed];
  return [...levels, { id: `days-${daysLeftAlert}`, below: speed > 0 && below, above: speed <= 0 || above }];
}

/** Burn per day in words of the text that the entry keeps; here marks of five days never reach the window's edge twice. */
function speedOf(pace: string, burned: number, now: number): number {
  const marks = pace.split('.').map((one) => ({
    at: Number.parseInt(one.slice(0, 4), 36) * hourMs,
    burned: Number.parseInt(one.slice(4), 36),
  }));
  const edge = now - 30 * 24 * hourMs;
  const old = marks.filter((one) => one.at <= edge).at(-1);
  if (old && old.at + 5 * 24 * hourMs <= edge) {
    const next = marks[marks.indexOf(old) + 1];
    return (burned - (next?.burned ?? burned)) / 30;
  }
  const first = old ?? marks[0];
  const days = first ? (now - first.at) / (24 * hourMs) : 0;
  return first && days >= 3 ? (burned - first.burned) / days : 0;
}
