import { describe, expect, it } from 'vitest';
import { lotsOf, mostCredits, onlyBooked, open } from '../../lib/credits/chain.ts';
import {
  type Entry,
  effectOf,
  entryId,
  hashOf,
  previousAtOf,
  toEntry,
  toItem,
  viewOf,
} from '../../lib/credits/entry.ts';
import {
  adjust,
  balanceOf,
  configure,
  debit,
  grant,
  type Ledger,
  repeat,
  settingsOf,
  standingOf,
  writeOff,
} from '../../lib/credits/ledger.ts';
import {
  add,
  between,
  deposit,
  divide,
  giveBack,
  inBurnOrder,
  type Lot,
  ordinary,
  pack,
  take,
  unpack,
} from '../../lib/credits/lots.ts';
import { mark } from '../../lib/credits/pace.ts';
import { refund } from '../../lib/credits/refunds.ts';
import { emptyRing, lookUp, remember } from '../../lib/credits/ring.ts';
import { defaultSettings } from '../../lib/credits/settings.ts';
import { handedBy, parentOf, reclaim, transfer } from '../../lib/credits/transfer.ts';
import { dueLotsKey, entryKey, nodeKey, refundKey } from '../../lib/kit/keys.ts';
import type { Plan } from '../../lib/kit/plan.ts';
import type { Problem } from '../../lib/kit/problem.ts';
import type { Node, Scope } from '../../lib/kit/scope.ts';

const id = (digit: number) => `cus_${String(digit).repeat(26)}`;
const customerId = id(1);
const actor = { id: 'per_1', kind: 'person', home: 'prv_1' } as const;
const at = (minutes: number) => new Date(Date.UTC(2026, 0, 1) + minutes * 60_000).toISOString();
const by = (minutes: number) => ({ actor, now: at(minutes) });
const lot = (amount: number, hours: number | null, priority = 5): Lot => ({
  ...{ amount, priority },
  expiresAt: hours === null ? null : at(hours * 60),
});

/** The newest entry that a plan appends. */
function newest({ writes }: Plan): Entry {
  const items = writes.flatMap((write) =>
    write.do === 'create' && write.item.kind === 'entry' ? [write.item] : [],
  );
  return toEntry(items.at(-1) as never);
}
const none: Ledger = { customerId, head: null };
const after = (plan: Plan): Ledger => ({ customerId, head: newest(plan) });
const refused = (run: () => unknown) => {
  try {
    run();
  } catch (error) {
    const { type, data, detail } = error as Problem;
    return [type.code, data, detail === type.title ? '' : detail];
  }
  return undefined;
};

describe('an entry', () => {
  const first = grant(none, { amount: 100, reason: 'Start', ticketId: 'T-1' }, by(0));
  it('of a grant says everything that the next one is decided from', () => {
    expect(newest(first)).toEqual({
      ...{ seq: 1, previousAt: '0', at: at(0), type: 'GRANT', amount: 100, balance: 100, actor },
      ...{
        reason: 'Start',
        ticketId: 'T-1',
        burned: 0,
        alertLimit: null,
        rearmPercent: 5,
        blockBelowZero: false,
      },
      ...{
        settingsSeq: 0,
        bands: { 'below-0': null },
        ring: '',
        floor: '',
        prev: '',
        pace: mark('', 0, at(0)),
      },
    });
    expect(first.reply).toEqual({
      version: 1,
      body: {
        ...{ entryId: `ent_${'0'.repeat(17)}`, seq: 1, customerId, type: 'GRANT', amount: 100, at: at(0) },
        ...{ balanceBefore: 0, balanceAfter: 100, actor: { id: 'per_1', kind: 'person' } },
        ...{ reason: 'Start', ticketId: 'T-1' },
      },
    });
    expect([first.outbox, first.announcements, first.writes.length]).toEqual([0, [], 1]);
  });

  it('of a debit names who consumed what, and its predecessor', () => {
    const said = {
      requestId: 'req_01J00000000000000000000000',
      serviceId: 'svc',
      personId: 'per_2',
      reason: 'Use',
    };
    const plan = debit(
      after(first),
      { amount: 30, ...said, ticketId: 'T-2', lines: [{ amount: 30 }] },
      by(5),
    );
    const entry = newest(plan);
    expect(entry).toMatchObject({
      ...{ seq: 2, previousAt: at(0), at: at(5), type: 'DEBIT', amount: 30, balance: 70, burned: 30 },
      ...{ ...said, ticketId: 'T-2', lines: [{ amount: 30 }], prev: hashOf(newest(first)) },
    });
    expect(lookUp(entry, said.requestId)).toEqual({ previousAt: at(0) });
    expect(entry).not.toHaveProperty('lots');
    expect(plan.reply.body).toMatchObject({ ...said, balanceBefore: 100, balanceAfter: 70 });
    expect(newest(adjust(after(plan), { amount: -20, reason: 'Wrong' }, by(6)))).toMatchObject({
      ...{ type: 'ADJUST', amount: -20, balance: 50, reason: 'Wrong', burned: 30, ring: entry.ring },
    });
    expect(newest(adjust(after(plan), { amount: 20, reason: 'Wrong' }, by(6))).balance).toBe(90);
  });

  it('stands a millisecond after the one before at least', () => {
    const moment = (minutes: number) => newest(debit(after(first), { amount: 1 }, by(minutes))).at;
    const next = new Date(Date.parse(at(0)) + 1).toISOString();
    expect([moment(-3), moment(0), moment(1)]).toEqual([next, next, at(1)]);
  });

  it('stays within what sums hold', () => {
    const full = after(grant(none, { amount: mostCredits }, by(0)));
    expect(refused(() => grant(full, { amount: 1 }, by(1)))?.[0]).toBe('credits.out_of_bounds');
    expect(refused(() => debit(none, { amount: mostCredits + 1 }, by(1)))?.[0]).toBe('credits.out_of_bounds');
    expect(newest(debit(none, { amount: mostCredits }, by(1))).balance).toBe(-mostCredits);
  });

  it('adds or takes by its type', () => {
    const types = ['GRANT', 'REFUND', 'TRANSFER_IN', 'DEBIT', 'TRANSFER_OUT', 'EXPIRE'] as const;
    expect(types.map((type) => effectOf({ type, amount: 7 }))).toEqual([7, 7, 7, -7, -7, -7]);
    expect(effectOf({ type: 'ADJUST', amount: -7 })).toBe(-7);
  });

  it('is known by where it stands', () => {
    const moment = '2026-03-04T05:06:07.089Z';
    expect([entryId('0'), entryId(moment)]).toEqual([`ent_${'0'.repeat(17)}`, 'ent_20260304050607089']);
    expect([previousAtOf(entryId('0')), previousAtOf(entryId(moment))]).toEqual(['0', moment]);
  });

  it('is stored under its predecessor, and read back as it was', () => {
    const entry = newest(
      debit(after(first), { amount: 1, requestId: 'req_01J00000000000000000000000' }, by(1)),
    );
    const item = toItem(customerId, entry);
    expect(item).toMatchObject({ ...entryKey(customerId, at(0)), kind: 'entry', seq: 2 });
    for (const name of ['ring', 'floor', 'prev']) expect(item[name]).toBeInstanceOf(Uint8Array);
    expect(item).not.toHaveProperty('previousAt');
    expect(toEntry(item)).toEqual(entry);
    expect(hashOf({ ...entry, amount: 2 })).not.toBe(hashOf(entry));
  });

  it('is shown with who it was done for and what it is linked to', () => {
    const entry = {
      ...newest(first),
      actor: { ...actor, onBehalfOf: 'cus_9' },
      peer: 'cus_2/ent_3',
      parts: pack([lot(5, 2)]),
    };
    expect(viewOf(customerId, entry)).toMatchObject({
      ...{ actor: { id: 'per_1', kind: 'person', onBehalfOf: 'cus_9' }, parts: [lot(5, 2)] },
      peer: { customerId: 'cus_2', entryId: 'ent_3' },
    });
    for (const name of ['peer', 'parts', 'lines', 'refundOf'])
      expect(viewOf(customerId, newest(first))).not.toHaveProperty(name);
  });
});

describe('a ledger', () => {
  it('has nothing before its first entry', () => {
    expect([balanceOf(none), settingsOf(none), standingOf(none, at(0))]).toEqual([
      ...[0, defaultSettings, { balance: 0, expiring: 0, lots: [] }],
    ]);
    expect(lotsOf(null)).toEqual([]);
  });

  it('never goes below zero where that is blocked, and may elsewhere', () => {
    const blocked = after(configure(none, { blockBelowZero: true }, by(0)));
    const few = after(grant(blocked, { amount: 10 }, by(1)));
    expect(refused(() => debit(few, { amount: 11 }, by(2)))).toEqual([
      ...['credits.insufficient', { balance: 10, amount: 11 }, ''],
    ]);
    expect(newest(debit(few, { amount: 10 }, by(2))).balance).toBe(0);
    expect(newest(debit(none, { amount: 11 }, by(2))).balance).toBe(-11);
    expect(newest(configure(few, { alertLimit: 20 }, by(3)))).toMatchObject({
      ...{ type: 'SETTINGS', amount: 0, balance: 10, alertLimit: 20, blockBelowZero: true, settingsSeq: 3 },
      ...{ bands: { 'below-20': at(3), 'below-0': null } },
    });
    expect(
      newest(debit(after(configure(few, { alertLimit: 1 }, by(3))), { amount: 1 }, by(4))).settingsSeq,
    ).toBe(3);
  });

  const expiring = after(grant(none, { amount: 40, expiresAt: at(120), priority: 2 }, by(0)));
  it('notes once in which hour what it was given is over', () => {
    const plan = grant(none, { amount: 40, expiresAt: at(120) }, by(0));
    const key = dueLotsKey({ expiresAt: at(120), customerId, entry: entryId('0') });
    expect(plan.writes[1]).toEqual({ do: 'create', item: { ...key, kind: 'dueLots', customerId } });
    expect(grant(after(plan), { amount: 1, expiresAt: at(120) }, by(1)).writes).toHaveLength(1);
    expect(grant(after(plan), { amount: 1, expiresAt: at(180) }, by(1)).writes).toHaveLength(2);
    expect(debit(after(plan), { amount: 1 }, by(1)).writes).toHaveLength(1);
    expect(grant(none, { amount: 1, priority: 9 }, by(0)).writes).toHaveLength(1);
    expect(refused(() => grant(none, { amount: 1, expiresAt: at(0) }, by(0)))?.[0]).toBe(
      'credits.already_expired',
    );
    expect(newest(plan)).toMatchObject({ lots: pack([lot(40, 2)]), parts: pack([lot(40, 2)]) });
  });

  it('books what is due before anything else, in an entry of its own', () => {
    expect(standingOf(expiring, at(119))).toEqual({ balance: 40, expiring: 0, lots: [lot(40, 2, 2)] });
    expect(standingOf(expiring, at(120))).toEqual({ balance: 0, expiring: 40, lots: [] });
    const plan = grant(expiring, { amount: 5 }, by(120));
    const entries = plan.writes.map((write) => toEntry((write as unknown as { item: never }).item));
    expect(entries).toMatchObject([
      { seq: 2, type: 'EXPIRE', amount: 40, balance: 0, at: at(120), parts: pack([lot(40, 2, 2)]) },
      { seq: 3, type: 'GRANT', amount: 5, balance: 5, prev: hashOf(entries[0] as Entry) },
    ]);
    expect([plan.outbox, Date.parse(entries[1]?.at ?? '')]).toEqual([1, Date.parse(at(120)) + 1]);
    expect(onlyBooked(open(expiring, by(120)))).toMatchObject({
      entry: entries[0],
      outbox: 0,
      writes: [{ do: 'create' }],
    });
    expect(onlyBooked(open(expiring, by(119)))).toBeUndefined();
    // What ends a millisecond after the booking goes with it.
    const both = after(grant(expiring, { amount: 7, expiresAt: at(180) }, by(1)));
    const late = open(both, { actor, now: new Date(Date.parse(at(180)) - 1).toISOString() });
    expect([late.balance, late.booked[0]?.at, late.booked[0]?.amount]).toEqual([0, at(180), 47]);
  });

  it('with too many lots takes no more', () => {
    let ledger = none;
    for (let hour = 1; hour <= 6; hour++)
      ledger = after(grant(ledger, { amount: 1, expiresAt: at(hour * 60) }, by(0)));
    expect(refused(() => grant(ledger, { amount: 1, expiresAt: at(7 * 60) }, by(0)))?.slice(0, 2)).toEqual([
      ...['credits.too_many_lots', { most: 6 }],
    ]);
    expect(newest(grant(ledger, { amount: 1 }, by(0))).balance).toBe(7);
  });

  it('is written off whole, and tells nobody', () => {
    const settings = {
      alertLimit: 50,
      daysLeftAlert: 7,
      topUp: { below: 9, amount: 9, cooldownMinutes: 1, maxPerDay: 1 },
    };
    const ledger = after(configure(expiring, settings, by(1)));
    const plan = writeOff(ledger, by(2)) as Plan;
    expect(newest(plan)).toMatchObject({
      ...{ type: 'ADJUST', amount: -40, balance: 0, reason: 'The customer was deleted', alertLimit: null },
      ...{ parts: pack([lot(40, 2, 2)]), bands: { 'below-0': null } },
    });
    for (const name of ['lots', 'daysLeftAlert', 'topUp']) expect(newest(plan)).not.toHaveProperty(name);
    expect(plan.announcements).toEqual([]);
    expect(writeOff(none, by(2))).toBeUndefined();
    // All of it was due: what is booked is the end of it.
    expect(writeOff(expiring, by(120))?.writes).toHaveLength(1);
    expect(newest(writeOff(expiring, by(120)) as Plan)).toMatchObject({ type: 'EXPIRE', balance: 0 });
    const both = after(grant(expiring, { amount: 5 }, by(1)));
    const two = writeOff(both, by(120))?.writes.map((write) =>
      toEntry((write as unknown as { item: never }).item),
    );
    expect(two).toMatchObject([
      { type: 'EXPIRE', amount: 40, balance: 5 },
      { type: 'ADJUST', amount: -5, balance: 0 },
    ]);
    expect(newest(writeOff(after(debit(none, { amount: 5 }, by(0))), by(1)) as Plan)).toMatchObject({
      amount: 5,
      balance: 0,
    });
  });

  it('answers again what a request has done, and that alone', () => {
    const said = { serviceId: 'svc', personId: 'per_2', reason: 'Use', ticketId: 'T' };
    const command = { amount: 3, ...said, lines: [{ amount: 3 }] };
    const earlier = newest(debit(expiring, command, by(1)));
    const again = repeat(expiring, earlier, command);
    expect(again).toEqual({ writes: [], reply: { body: viewOf(customerId, earlier), replayed: true } });
    const others = [{ amount: 4 }, { lines: [{ amount: 2 }] }, { lines: undefined as never }].concat(
      Object.keys(said).map((name) => ({ [name]: 'other' }) as never),
    );
    for (const other of others)
      expect(refused(() => repeat(expiring, earlier, { ...command, ...other }))?.[0]).toBe(
        'credits.request_reused',
      );
    expect(refused(() => repeat(expiring, { ...earlier, type: 'GRANT' }, command))?.[0]).toBe(
      'credits.request_reused',
    );
  });
});

describe('a top-up', () => {
  it('is asked for below its level, in the entry that goes there', () => {
    const topUp = { below: 50, amount: 100, cooldownMinutes: 60, maxPerDay: 2 };
    const set = after(configure(after(grant(none, { amount: 60 }, by(0))), { topUp }, by(1)));
    const asked = debit(set, { amount: 20 }, by(2));
    expect(asked.announcements?.map(({ type }) => type)).toEqual(['credits.top_up_due.v1']);
    expect(debit(after(asked), { amount: 1 }, by(3)).announcements).toEqual([]);
    expect(debit(after(asked), { amount: 1 }, by(63)).announcements).toHaveLength(1);
  });
});

describe('own keys', () => {
  const own = (place: number, end = '0000') => `req_01J${String(place).padStart(19, '0')}${end}`;
  const fill = (...places: readonly number[]) =>
    places.reduce((ring, place) => remember(ring, own(place), at(place)), emptyRing);
  it('are found among the last twelve, whatever they end with', () => {
    const twelve = Array.from({ length: 12 }, (_, place) => place + 10);
    const ring = fill(...twelve);
    expect(Buffer.from(ring.ring, 'base64url')).toHaveLength(12 * 22);
    expect(ring.floor).toBe('');
    expect(twelve.map((place) => lookUp(ring, own(place)))).toEqual(
      twelve.map((place) => ({ previousAt: at(place) })),
    );
    expect([lookUp(ring, own(9)), lookUp(ring, own(22)), lookUp(emptyRing, own(1))]).toEqual([
      'new',
      'new',
      'new',
    ]);
    expect(lookUp(remember(emptyRing, own(1), '0'), own(1))).toEqual({ previousAt: '0' });
  });
  it('of which the oldest has left are new above the greatest that left, and looked for below it', () => {
    const ring = fill(...Array.from({ length: 13 }, (_, place) => place + 10));
    expect(Buffer.from(ring.ring, 'base64url')).toHaveLength(12 * 22);
    expect([9, 10, 11, 22, 23].map((place) => lookUp(ring, own(place)))).toEqual([
      ...['search', 'search', { previousAt: at(11) }, { previousAt: at(22) }, 'new'],
    ]);
    expect(lookUp(ring, own(10, '0001'))).toBe('new');
    // A lesser one that leaves later does not lower what is known.
    const mixed = fill(50, 20, ...Array.from({ length: 12 }, (_, place) => place + 60));
    expect([lookUp(mixed, own(49)), lookUp(mixed, own(51))]).toEqual(['search', 'new']);
  });
});

describe('lots', () => {
  it('burn by priority, then earliest end, those without an end last', () => {
    const order = [lot(1, 1, 0), lot(1, null, 0), lot(1, 1), lot(1, 2), ordinary(1), lot(1, 1, 9)];
    expect(inBurnOrder([...order].reverse())).toEqual(order);
    expect(take([ordinary(5), lot(5, 1)], 7)).toEqual({
      left: [ordinary(3)],
      taken: [lot(5, 1), ordinary(2)],
    });
    expect(take([ordinary(5)], 5)).toEqual({ left: [], taken: [ordinary(5)] });
    expect(take([ordinary(5)], 0)).toEqual({ left: [ordinary(5)], taken: [] });
    expect(take([], 5)).toEqual({ left: [], taken: [] });
  });
  it('of one end and priority are one', () => {
    expect(add([lot(1, 1)], [lot(2, 1), lot(3, 1, 4), lot(0, 9), ordinary(0)])).toEqual([
      lot(3, 1, 4),
      lot(3, 1),
    ]);
    expect(deposit([lot(4, 1)], [ordinary(5)], 6)).toEqual([ordinary(3)]);
    expect(divide([lot(1, 1), lot(1, 2), ordinary(1)], at(60))).toEqual({
      due: [lot(1, 1)],
      good: [lot(1, 2), ordinary(1)],
    });
  });
  it('between two places are cut there', () => {
    const portions = [lot(3, 1), lot(4, 2), ordinary(5)];
    expect(between(portions, 2, 8)).toEqual([lot(1, 1), lot(4, 2), ordinary(1)]);
    expect([between(portions, 3, 7), between(portions, 5, 5)]).toEqual([[lot(4, 2)], []]);
  });
  it('come back as they were, but for what is over, is owed, or would be too many', () => {
    const back = (more: object, debt = 0, lots: Lot[] = [], now = at(0)) =>
      giveBack(lots, { portions: [], owed: 0, ...more }, { debt, at: now });
    expect(back({ portions: [lot(3, 1)] })).toEqual([lot(3, 1)]);
    expect(back({ portions: [lot(3, 1)] }, 0, [], at(60))).toEqual([ordinary(3)]);
    expect(back({ portions: [lot(3, 1)], owed: 4 }, 2)).toEqual([lot(3, 1), ordinary(2)]);
    expect(back({ portions: [lot(3, 1)], owed: 4 }, 6)).toEqual([lot(1, 1)]);
    const six = [1, 2, 3, 4, 5, 6].map((hour) => lot(1, hour));
    expect(back({ portions: [lot(2, 7), lot(2, 3)] }, 0, six)).toEqual([
      ...[lot(1, 1), lot(1, 2), lot(3, 3), lot(1, 4), lot(1, 5), lot(1, 6), ordinary(2)],
    ]);
  });
  it('that come back are put to the ordinary ones alone where they are new and too many, the last of them', () => {
    const lots = (...hours: readonly number[]) => hours.map((hour) => lot(1, hour));
    const back = (kept: Lot[], portions: Lot[]) =>
      giveBack(kept, { portions, owed: 0 }, { debt: 0, at: at(0) });
    expect(back(lots(2, 3, 4, 5, 6), lots(1))).toEqual(lots(1, 2, 3, 4, 5, 6));
    expect(back(lots(2, 3, 4, 5, 6, 7), lots(1))).toEqual([...lots(2, 3, 4, 5, 6, 7), ordinary(1)]);
    expect(back(lots(2, 3, 4, 5, 6), lots(1, 7))).toEqual([...lots(1, 2, 3, 4, 5, 6), ordinary(1)]);
  });
  it('are written short and read back', () => {
    const some = [lot(12345, 24, 0), { amount: 9, priority: 9, expiresAt: null }];
    expect(unpack(pack([...some, ordinary(5)]))).toEqual(some);
    expect([
      pack([ordinary(5)]),
      unpack(''),
      unpack(undefined),
      pack([{ amount: 36, priority: 1, expiresAt: null }]),
    ]).toEqual([...['', [], [], '1----10']]);
  });
});

describe('a refund', () => {
  const ledger = after(
    grant(after(grant(none, { amount: 5, expiresAt: at(6000) }, by(0))), { amount: 5 }, by(1)),
  );
  it('gives back where it came from, once', () => {
    const taken = debit(ledger, { amount: 8, serviceId: 'svc', personId: 'per_2' }, by(2));
    const plan = refund(after(taken), { debit: newest(taken), reason: 'Sorry', ticketId: 'T' }, by(3));
    const refundOf = entryId(at(1));
    expect(newest(plan)).toMatchObject({
      ...{ type: 'REFUND', amount: 8, balance: 10, burned: 0, refundOf, serviceId: 'svc', personId: 'per_2' },
      ...{ reason: 'Sorry', ticketId: 'T', lots: pack([lot(5, 100)]), parts: pack([lot(5, 100)]) },
    });
    // When what comes back is over was noted when it was granted.
    expect(plan.writes).toHaveLength(2);
    expect(plan.writes.at(-1)).toMatchObject({
      ...{ do: 'create', item: { ...refundKey(customerId, refundOf), kind: 'refund' } },
      taken: { type: { code: 'credits.already_refunded' } },
    });
  });
  it('of a line is of that line', () => {
    const lines = [
      { amount: 2, serviceId: 'a' },
      { amount: 4, personId: 'b' },
    ];
    const taken = debit(ledger, { amount: 6, serviceId: 'svc', personId: 'per_2', lines }, by(2));
    const of = (line?: number) => refund(after(taken), { debit: newest(taken), line }, by(3));
    expect(newest(of(0))).toMatchObject({
      amount: 2,
      refundOf: `${entryId(at(1))}#0`,
      serviceId: 'a',
      personId: 'per_2',
      lots: pack([lot(2, 100)]),
    });
    expect(newest(of(1))).toMatchObject({
      amount: 4,
      serviceId: 'svc',
      personId: 'b',
      lots: pack([lot(3, 100)]),
    });
    expect(refused(() => of())?.[0]).toBe('credits.line_required');
    expect(refused(() => of(2))).toEqual(['credits.not_refundable', {}, 'The entry has no such line']);
    const whole = debit(ledger, { amount: 6 }, by(2));
    expect(refused(() => refund(after(whole), { debit: newest(whole), line: 0 }, by(3)))?.[0]).toBe(
      'credits.not_refundable',
    );
    expect(refused(() => refund(ledger, { debit: ledger.head as Entry }, by(3)))?.[0]).toBe(
      'credits.not_refundable',
    );
  });
  it('of what was owed pays the debt first', () => {
    const owing = debit(ledger, { amount: 13 }, by(2));
    expect(newest(refund(after(owing), { debit: newest(owing) }, by(3)))).toMatchObject({
      balance: 10,
      lots: pack([lot(5, 100)]),
    });
    // Where others owe more meanwhile, all of it goes to that.
    const deep = after(debit(after(owing), { amount: 10 }, by(3)));
    const paid = newest(refund(deep, { debit: newest(owing) }, by(4)));
    expect(paid.balance).toBe(0);
    expect(paid).not.toHaveProperty('lots');
    const more = debit(after(owing), { amount: 2 }, by(3));
    expect(newest(refund(after(more), { debit: newest(more) }, by(4)))).toMatchObject({
      amount: 2,
      balance: -3,
    });
  });
});

describe('a transfer', () => {
  const [parentId, childId] = [id(2), id(3)];
  const path = ['plt_0', 'prv_1', parentId, childId];
  const target = { id: childId, type: 'CUSTOMER', path, name: 'C', version: 4, item: {} } as Node;
  const scope = { target, home: { id: parentId } } as unknown as Scope;
  const request = (minutes: number) => ({
    ...by(minutes),
    scope,
    newId: (kind: string) => `${kind}_1`,
    requestId: 'trace',
  });
  const has = (of: string, amount: number): Ledger => ({
    ...after(grant({ customerId: of, head: null }, { amount }, by(0))),
    customerId: of,
  });
  const empty = { customerId: childId, head: null };

  it('is between a reseller and one right below it, by its own people or its provider’s', () => {
    const from = (home: string, line = path) =>
      parentOf({ target: { ...target, path: line }, home: { id: home } as Node });
    expect([from(parentId), from('prv_1')]).toEqual([parentId, parentId]);
    expect(refused(() => from(id(9)))?.[0]).toBe('request.forbidden');
    expect(refused(() => from('prv_1', ['plt_0', 'prv_1', childId]))?.[0]).toBe('credits.granted_directly');
  });

  it('is two entries that name each other, where the customer still stands', () => {
    const plan = transfer(
      { parent: has(parentId, 50), child: empty },
      { amount: 20, reason: 'Share', ticketId: 'T' },
      request(1),
    );
    const [own, other, still] = plan.writes as never as [{ item: never }, { item: never }, unknown];
    expect(toEntry(own.item)).toMatchObject({
      ...{
        type: 'TRANSFER_IN',
        amount: 20,
        balance: 20,
        peer: `${parentId}/${entryId(at(0))}`,
        reason: 'Share',
      },
      ...{ handed: `${parentId.slice(-8)}k`, ticketId: 'T' },
    });
    expect(toEntry(other.item)).toMatchObject({
      type: 'TRANSFER_OUT',
      amount: 20,
      balance: 30,
      peer: `${childId}/${entryId('0')}`,
    });
    expect(other.item).not.toHaveProperty('ev');
    expect(still).toEqual({ do: 'check', key: nodeKey(childId), version: 4 });
    expect([plan.outbox, plan.reply.body?.customerId]).toEqual([0, childId]);
  });

  it('is never more than there is, nor back more than was handed on', () => {
    const [parent, child] = [has(parentId, 50), has(childId, 100)];
    const codes = (run: () => unknown) => refused(run)?.slice(0, 2);
    expect(codes(() => transfer({ parent, child }, { amount: 51 }, request(1)))).toEqual([
      'credits.transfer_exceeds',
      { available: 50 },
    ]);
    const owing = {
      customerId: parentId,
      head: newest(debit({ customerId: parentId, head: null }, { amount: 5 }, by(0))),
    };
    expect(codes(() => transfer({ parent: owing, child }, { amount: 1 }, request(1)))).toEqual([
      'credits.transfer_exceeds',
      { available: 0 },
    ]);
    expect(codes(() => reclaim({ parent, child }, { amount: 1 }, request(1)))).toEqual([
      'credits.reclaim_exceeds',
      { available: 0 },
    ]);
    const given = transfer({ parent, child }, { amount: 50 }, request(1));
    const [own, other] = given.writes as never as [{ item: never }, { item: never }];
    const now = {
      child: { customerId: childId, head: toEntry(own.item) },
      parent: { customerId: parentId, head: toEntry(other.item) },
    };
    expect([
      handedBy(now.parent, now.child),
      handedBy({ customerId: id(8) }, now.child),
      handedBy(now.parent, { head: null }),
    ]).toEqual([50, 0, 0]);
    expect(codes(() => reclaim(now, { amount: 51 }, request(2)))).toEqual([
      'credits.reclaim_exceeds',
      { available: 50 },
    ]);
    const back = reclaim(now, { amount: 30 }, request(2)).writes as never as [
      { item: never },
      { item: never },
    ];
    expect(back.slice(0, 2).map(({ item }) => toEntry(item))).toMatchObject([
      { type: 'TRANSFER_OUT', balance: 120, handed: `${parentId.slice(-8)}k` },
      { type: 'TRANSFER_IN', balance: 30 },
    ]);
    expect(newest(reclaim(now, { amount: 50 }, request(2)))).toMatchObject({
      type: 'TRANSFER_IN',
      balance: 50,
    });
    const spent = {
      ...now,
      child: { customerId: childId, head: newest(debit(now.child, { amount: 140 }, by(3))) },
    };
    expect(codes(() => reclaim(spent, { amount: 11 }, request(4)))).toEqual([
      'credits.reclaim_exceeds',
      { available: 10 },
    ]);
    const owed = {
      ...now,
      child: { customerId: childId, head: newest(debit(now.child, { amount: 151 }, by(3))) },
    };
    expect(codes(() => reclaim(owed, { amount: 1 }, request(4)))).toEqual([
      'credits.reclaim_exceeds',
      { available: 0 },
    ]);
  });

  it('announces of the other ledger at its own place', () => {
    const low = {
      customerId: parentId,
      head: newest(configure(has(parentId, 50), { alertLimit: 40 }, by(0))),
    };
    const plan = transfer({ parent: low, child: empty }, { amount: 20 }, request(1));
    const told = plan.writes[1] as { item: Record<string, unknown> };
    expect(told.item).toMatchObject({ path: `plt_0/prv_1/${parentId}`, traceId: 'trace' });
    expect(JSON.parse(String(told.item.ev))).toMatchObject([
      { id: 'event_1', type: 'credits.balance_low.v1', subject: parentId },
    ]);
    expect(plan.writes[0]).not.toHaveProperty('item.ev');
  });

  it('announces with the last entry of the other ledger alone, and notes when what moves is over', () => {
    const limited = configure({ customerId: parentId, head: null }, { alertLimit: 40 }, by(0));
    const granted = grant(after(limited), { amount: 45, expiresAt: at(600) }, by(0));
    const due = grant(after(granted), { amount: 5, expiresAt: at(60) }, by(0));
    const parent = { customerId: parentId, head: newest(due) };
    const { writes } = transfer({ parent, child: empty }, { amount: 20 }, request(90));
    const items = writes.map((write) => (write as unknown as { item?: Record<string, unknown> }).item);
    expect(items.map((item) => [item?.kind, item?.type, 'ev' in (item ?? {})])).toEqual([
      ['entry', 'TRANSFER_IN', false],
      ['dueLots', undefined, false],
      ['entry', 'EXPIRE', false],
      ['entry', 'TRANSFER_OUT', true],
      [undefined, undefined, false],
    ]);
    expect(items[1]).toMatchObject({ customerId: childId });
  });

  it('does not divide the other’s balance too far', () => {
    const several = (of: string, from: number, count: number): Ledger => {
      let ledger: Ledger = { customerId: of, head: null };
      for (let hour = from; hour < from + count; hour++)
        ledger = {
          customerId: of,
          head: newest(grant(ledger, { amount: 1, expiresAt: at(hour * 60) }, by(0))),
        };
      return ledger;
    };
    const [parent, child] = [several(parentId, 1, 2), several(childId, 3, 5)];
    expect(newest(transfer({ parent, child }, { amount: 1 }, request(1))).balance).toBe(1);
    expect(refused(() => transfer({ parent, child }, { amount: 2 }, request(1)))?.[0]).toBe(
      'credits.too_many_lots',
    );
  });

  it('keeps priority and end of what moves, and pays what is owed first', () => {
    const parent = {
      customerId: parentId,
      head: newest(grant({ customerId: parentId, head: null }, { amount: 9, expiresAt: at(600) }, by(0))),
    };
    const child = { customerId: childId, head: newest(debit(empty, { amount: 4 }, by(0))) };
    const [own] = transfer({ parent, child }, { amount: 9 }, request(1)).writes as never as [{ item: never }];
    expect(toEntry(own.item)).toMatchObject({
      balance: 5,
      lots: pack([lot(5, 10)]),
      parts: pack([lot(9, 10)]),
    });
  });
});
