import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toAttributes } from '../../lib/aws/item.ts';
import { platformId } from '../../lib/kit/id.ts';
import { pulseKey } from '../../lib/kit/keys.ts';
import { Problem } from '../../lib/kit/problem.ts';
import { resourceTypes } from '../../lib/kit/resource.ts';
import { acknowledge, order } from '../../lib/probes/commands.ts';
import {
  enrolmentHash,
  enrolmentKey,
  enrolmentUntil,
  mostRefusals,
  readEnrolmentKey,
} from '../../lib/probes/enrolment.ts';
import { certificateOf, flagClone, issueKey, refuseEnrolment, rotate } from '../../lib/probes/key-pair.ts';
import {
  approve,
  comeBack,
  enrol,
  goDown,
  reject,
  retire,
  revoke,
  tellOutage,
} from '../../lib/probes/lifecycle.ts';
import { newPulse, type Pulse, type PulseState } from '../../lib/probes/pulse.ts';
import type { Step } from '../../lib/probes/step.ts';
import { minuteToLook } from '../../lib/probes/wheel.ts';
import { sizeOf } from '../kit/cost.ts';

const body = '01K9ZK5Q3V8T4W2X6Y7Z8A9B0C';
const customerId = `cus_${body}`;
const id = `prb_${body}`;
const start = Date.parse('2026-01-01T00:00:00.000Z');
const at = (minutes: number) => new Date(start + minutes * 60_000).toISOString();
const keyOf = (n: number) => enrolmentKey(customerId, id, String(n).padStart(43, 'k'));
const added = (now = at(0)): Pulse =>
  newPulse({ id, customerId, enrolment: enrolmentHash(keyOf(0)), enrolmentUntil: enrolmentUntil(now) });
const agent = (key: number, pair = 'one') => ({
  hash: enrolmentHash(keyOf(key)),
  publicKey: `pair-${pair}`,
  host: `host-${pair}`,
});
const enrolled = (mode: 'AUTOMATIC' | 'MANUAL' = 'AUTOMATIC'): Pulse => {
  const redemption = enrol(added(), agent(0), { mode, now: at(1) });
  if (redemption.outcome !== 'ENROLLED') throw new Error(redemption.outcome);
  return redemption.step.after;
};

describe('an enrolment key', () => {
  it('says where it belongs, or is none', () => {
    expect(readEnrolmentKey(keyOf(0))).toEqual({ customerId, probeId: id });
    const wrong = ['', 'qek', keyOf(0).slice(1), `${keyOf(0)}.x`, keyOf(0).slice(0, -1), `${keyOf(0)}x`];
    for (const one of [...wrong, keyOf(0).replace('cus_', 'prv_'), keyOf(0).replace('prb_', 'prb-')])
      expect(readEnrolmentKey(one), one).toBeUndefined();
    fc.assert(fc.property(fc.string(), (text) => readEnrolmentKey(text) === undefined));
  });

  it('is redeemed by one key pair; the same agent may ask again', () => {
    const first = enrolled();
    expect(first).toMatchObject({ state: 'UP', generation: 1, count: 0, seenAt: at(1) });
    expect(first.enrolment).toBeUndefined();
    const now = at(2);
    expect(enrol(first, agent(0), { mode: 'AUTOMATIC', now }).outcome).toBe('AGAIN');
    const other = { ...agent(0), publicKey: 'another' };
    const refused = { outcome: 'REFUSED', counts: false };
    expect(enrol(first, other, { mode: 'AUTOMATIC', now })).toEqual(refused);
    expect(enrol(first, { ...agent(0), host: 'another' }, { mode: 'AUTOMATIC', now })).toEqual(refused);
    const rotated = rotate(first, { by: 1, publicKey: 'pair-next', now }).after;
    expect(enrol(rotated, agent(0), { mode: 'AUTOMATIC', now })).toEqual(refused);
  });

  it('counts for a day, to the millisecond', () => {
    const last = new Date(start + 24 * 3_600_000 - 1).toISOString();
    expect(enrol(added(), agent(0), { mode: 'AUTOMATIC', now: last }).outcome).toBe('ENROLLED');
    expect(enrol(added(), agent(0), { mode: 'AUTOMATIC', now: at(24 * 60) })).toEqual({
      outcome: 'REFUSED',
      counts: true,
    });
  });

  it('is void after five refusals, which is told once; where nobody is let in nothing is counted', () => {
    let pulse = added();
    const told: string[] = [];
    for (let n = 0; n < mostRefusals; n++) {
      expect(enrol(pulse, agent(9), { mode: 'AUTOMATIC', now: at(1) })).toEqual({
        outcome: 'REFUSED',
        counts: true,
      });
      const step = refuseEnrolment(pulse);
      expect(step.receipt === undefined).toBe(n < mostRefusals - 1);
      told.push(...step.announcements.map(({ type }) => type));
      pulse = step.after;
    }
    expect(told).toEqual(['probes.enrolment_refused.v1']);
    const void_ = { outcome: 'REFUSED', counts: false };
    expect(enrol(pulse, agent(0), { mode: 'AUTOMATIC', now: at(1) })).toEqual(void_);
    expect(enrol(added(), agent(0), { mode: 'REJECT', now: at(1) })).toEqual(void_);
  });
});

describe('key pairs', () => {
  it('overlap for a day after a rotation, which may be asked for again', () => {
    const turned = (one: Pulse, by: number, publicKey: string, minute: number) =>
      rotate(one, { by, publicKey, now: at(minute) }).after;
    const once = turned(enrolled(), 1, 'second', 10);
    const before = { previous: 1, previousKey: 'pair-one', previousUntil: at(10 + 24 * 60) };
    expect(once).toMatchObject({ generation: 2, publicKey: 'second', ...before });
    const again = turned(once, 1, 'third', 20);
    expect(again).toMatchObject({ generation: 3, publicKey: 'third', ...before });
    expect(turned(again, 3, 'fourth', 30)).toMatchObject({
      generation: 4,
      previous: 3,
      previousKey: 'third',
      previousUntil: at(30 + 24 * 60),
    });
    const named = { providerId: platformId, publicKey: 'new' };
    expect(certificateOf(once, named)).toEqual({ probeId: id, customerId, generation: 2, ...named });
  });

  it('are flagged once when copied, until the probe enrols anew', () => {
    const flagged = flagClone(enrolled(), { why: 'ANOTHER_HOST', now: at(5) });
    expect(flagged?.announcements.map(({ type }) => type)).toEqual(['probes.cloned.v1']);
    const pulse = flagged?.after as Pulse;
    expect(flagClone(pulse, { why: 'COUNT_WENT_BACK', now: at(6) })).toBeUndefined();
    const keyed = issueKey(pulse, { hash: enrolmentHash(keyOf(1)), until: at(100) }).after;
    const redemption = enrol(keyed, agent(1, 'two'), { mode: 'AUTOMATIC', now: at(7) });
    expect(redemption).toMatchObject({
      outcome: 'ENROLLED',
      step: { after: { generation: 2, state: 'UP' } },
    });
    if (redemption.outcome === 'ENROLLED') expect(redemption.step.after.clonedAt).toBeUndefined();
  });
});

describe('commands', () => {
  it('are taken off once', () => {
    const told = { id: 'cmd_1', kind: 'SCAN' as const, at: at(3) };
    const { after } = order(enrolled(), told);
    const done = acknowledge(after, 'cmd_1', { result: 'FAILED' });
    expect(done?.after).toMatchObject({ commands: [], commandsVersion: after.commandsVersion + 1 });
    expect(done?.receipt?.after).toEqual({ commandId: 'cmd_1', kind: 'SCAN', result: 'FAILED' });
    expect(acknowledge(done?.after as Pulse, 'cmd_1', { result: 'DONE' })).toBeUndefined();
  });
});

describe('a pulse', () => {
  it('that is up stays below 1 KB whatever stands in it, and with every command waiting as long as nothing else is the matter', () => {
    const long = (n: number) => 'x'.repeat(n);
    const pulse: Pulse = {
      ...enrolled(),
      ...{
        enrolled: 99_990,
        previous: 99_999,
        previousKey: long(43),
        previousUntil: at(1),
        generation: 100_000,
      },
      ...{ enrolment: long(43), enrolmentUntil: at(1), redeemed: undefined, publicKey: long(43) },
      ...{ refusals: 5, host: long(64), agent: long(20), count: 2 ** 53 - 1, mark: long(16), seenAt: at(1) },
      ...{ outages: 99_999, clonedAt: at(1), strays: 3, straysSince: at(1) },
      ...{ usage: 999_999_999, inventory: 999_999_999, parts: 9, inventoryHash: long(22), whole: false },
      ...{ countedAt: at(1), day: '2026-01-01', configVersion: 99_999, commandsVersion: 99_999 },
      counts: Object.fromEntries(resourceTypes.map((type) => [type, 1_000_000])),
    };
    const { customerId: _in, ...kept } = pulse;
    const sizeOfPulse = (one: Record<string, unknown>) =>
      sizeOf(toAttributes({ ...pulseKey(customerId, id), kind: 'pulse', ...one }));
    expect(sizeOfPulse(kept)).toBeLessThanOrEqual(1024);
    const kinds = ['SCAN', 'ROTATE', 'RESYNC'] as const;
    const commands = kinds.map((kind) => ({ id: `cmd_${body}`, kind, at: at(1) }));
    const { previous, previousKey, previousUntil, enrolment, enrolmentUntil: until, ...quiet } = kept;
    const { clonedAt, straysSince, ...usual } = quiet;
    expect(sizeOfPulse({ ...usual, redeemed: long(43), commands })).toBeLessThanOrEqual(1024);
  });
});

/** What may happen to a probe, by whoever. */
const happenings = {
  enrol: (one: Pulse, now: string, n: number) => {
    const mode = n % 2 ? 'AUTOMATIC' : 'MANUAL';
    const redemption = enrol(one, agent(n % 4, String(n % 3)), { mode, now });
    if (redemption.outcome === 'ENROLLED') return redemption.step;
    return redemption.outcome === 'REFUSED' && redemption.counts ? refuseEnrolment(one) : undefined;
  },
  approve: (one: Pulse, now: string) => approve(one, { personId: 'per_1', now }),
  reject: (one: Pulse) => reject(one),
  revoke: (one: Pulse) => revoke(one),
  retire: (one: Pulse) => retire(one, { operationId: 'opr_1', expiresAt: 1_900_000_000 }),
  goDown: (one: Pulse, _now: string, n: number) => goDown(one, { told: n % 2 === 0 }),
  tellOutage: (one: Pulse) => tellOutage(one),
  comeBack: (one: Pulse, now: string) => comeBack(one, { now }),
  rotate: (one: Pulse, now: string, n: number) =>
    rotate(one, {
      by: one.previous !== undefined && n % 2 ? one.previous : one.generation,
      publicKey: `pair-${n}`,
      now,
    }),
  flagClone: (one: Pulse, now: string) => flagClone(one, { why: 'ANOTHER_HOST', now }),
  issueKey: (one: Pulse, now: string, n: number) =>
    issueKey(one, { hash: enrolmentHash(keyOf(n % 4)), until: enrolmentUntil(now) }),
} satisfies Record<string, (one: Pulse, now: string, n: number) => Step | undefined>;

const ways: Record<PulseState, readonly PulseState[]> = {
  CREATED: ['PENDING', 'UP', 'REVOKED', 'RETIRED'],
  PENDING: ['UP', 'REVOKED', 'RETIRED', 'PENDING'],
  UP: ['DOWN', 'PENDING', 'REVOKED', 'RETIRED'],
  DOWN: ['UP', 'PENDING', 'REVOKED', 'RETIRED'],
  REVOKED: ['PENDING', 'UP', 'RETIRED'],
  RETIRED: [],
};

const announcedBy: Partial<Record<`${PulseState} ${PulseState}`, string>> = {
  'CREATED PENDING': 'awaiting_approval',
  'DOWN UP': 'came_back',
  'UP DOWN': 'went_down',
};

describe('whatever happens in whatever order', () => {
  const run = fc.array(
    fc.record({
      what: fc.constantFrom(...(Object.keys(happenings) as (keyof typeof happenings)[])),
      n: fc.nat(11),
      minutes: fc.nat(400),
    }),
    { maxLength: 40 },
  );

  it('states go their ways, each change is counted once, told once, and bound to what was seen', () => {
    fc.assert(
      fc.property(run, (events) => {
        let pulse = added();
        let minute = 0;
        let open = 0;
        const counts: Record<string, number> = { CREATED: 1, live: 1 };
        for (const { what, n, minutes } of events) {
          minute += minutes;
          const now = at(minute);
          const before = pulse;
          let step: Step | undefined;
          try {
            if (what === 'rotate' && before.state !== 'UP') continue;
            step = happenings[what](before, now, n);
          } catch (error) {
            if (!(error instanceof Problem)) throw error;
            expect(error.type.code).toBe('probes.wrong_state');
            continue;
          }
          if (!step) continue;
          const { after, writes, announcements } = step;
          const [amend, ...more] = writes;
          expect(amend).toMatchObject({
            do: 'amend',
            where: { state: before.state, generation: before.generation },
          });
          for (const write of more) {
            if (write.do !== 'adjust') continue;
            for (const [name, by] of Object.entries(write.add)) counts[name] = (counts[name] ?? 0) + by;
          }
          const moved = before.state !== after.state;
          if (moved) expect(ways[before.state]).toContain(after.state);
          const looked = more.filter((write) => write.do === 'overwrite');
          expect(looked).toHaveLength(moved && after.state === 'UP' ? 1 : 0);
          const told = announcements.map(({ type }) => type.slice('probes.'.length, -'.v1'.length));
          if (moved) expect(told.length).toBeGreaterThan(0);
          const named = announcedBy[`${before.state} ${after.state}`];
          if (moved && named) expect(told).toContain(named);
          expect(after.generation).toBeGreaterThanOrEqual(before.generation);
          if (after.state === 'DOWN') expect(after.downSince).toBeDefined();
          else expect(after.downSince).toBeUndefined();
          if (['REVOKED', 'RETIRED'].includes(after.state) && moved) {
            expect([after.enrolment, after.previous, after.redeemed]).toEqual([
              undefined,
              undefined,
              undefined,
            ]);
          }
          if (told.includes('went_down') && moved) open++;
          if (told.includes('came_back')) expect(after.outages).toBe(open);
          pulse = after;
        }
        for (const [name, count] of Object.entries(counts)) {
          if (name === 'version') continue;
          const expected =
            name === 'live' ? (pulse.state === 'RETIRED' ? 0 : 1) : pulse.state === name ? 1 : 0;
          expect(count, name).toBe(expected);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('an outage is told once', () => {
    const quiet = goDown(enrolled(), { told: false }).after;
    const told = tellOutage(quiet).after;
    for (const one of [told, goDown(enrolled(), { told: true }).after])
      expect(() => tellOutage(one)).toThrow(Problem);
  });

  it('an outage that was told ends with one return or with people’s doing, and one in a window with none told', () => {
    fc.assert(
      fc.property(run, (events) => {
        let pulse = added();
        let minute = 0;
        let told = 0;
        for (const { what, n, minutes } of events) {
          minute += minutes;
          let step: Step | undefined;
          try {
            if (what === 'rotate' && pulse.state !== 'UP') continue;
            step = happenings[what](pulse, at(minute), n);
          } catch {
            continue;
          }
          for (const { type, data } of step?.announcements ?? []) {
            const { told: said } = data as { told?: boolean };
            if (type === 'probes.went_down.v1' && said) told++;
            if (type === 'probes.came_back.v1') {
              expect(told).toBe(said ? 1 : 0);
              told = 0;
            }
          }
          pulse = step?.after ?? pulse;
          if (pulse.state === 'REVOKED' || pulse.state === 'RETIRED') told = 0;
          expect(told).toBeLessThanOrEqual(1);
        }
      }),
      { numRuns: 2000 },
    );
  });
});

describe('the wheel', () => {
  it('looks in the first minute that begins after the deadline', () => {
    expect(minuteToLook('2026-01-01T00:00:00.000Z')).toBe('2026-01-01T00:03');
    expect(minuteToLook('2026-01-01T00:00:00.001Z')).toBe('2026-01-01T00:04');
    expect(minuteToLook('2026-01-01T23:59:30.000Z')).toBe('2026-01-02T00:03');
    expect(minuteToLook('2026-01-01T00:00:10.000Z', 20)).toBe('2026-01-01T00:01');
  });
});
