import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { lookWithin as lookWithinItself } from '../../functions/probes/look-at-probes.ts';
import { commit, LostRace } from '../../lib/aws/db.ts';
import { goDown, revoke } from '../../lib/probes/lifecycle.ts';
import { glance, look } from '../../lib/probes/look.ts';
import { newPulse, type Pulse } from '../../lib/probes/pulse.ts';
import { lookWrite, minuteToLook } from '../../lib/probes/wheel.ts';
import { listen, measure } from '../kit/cost.ts';
import { announcedBy } from '../kit/deliver.ts';
import { faults, listenForFaults, under } from '../kit/faults.ts';
import { ownTable } from '../kit/own-table.ts';
import { plantCustomer } from '../kit/plant.ts';
import { byClock, type Msp, makeMsp } from '../kit/world.ts';
import { turn } from './scene.ts';
import {
  clock,
  plantFleet,
  rowsOf,
  setClock,
  stopTheWheel,
  sweep,
  toNextMinute,
  type Watched,
  wait,
  watched,
  watchedOnes,
} from './watch.ts';

const lookWithin = byClock('probes', lookWithinItself);

let msp: Msp;
ownTable();
beforeAll(async () => {
  listen();
  listenForFaults();
  msp = await makeMsp();
});
let year = 2030;
beforeEach(() => void setClock(`${year++}-03-01T10:00:00.000Z`));
afterEach(stopTheWheel);
afterAll(() => void vi.useRealTimers());

const customer = async () => (await plantCustomer(msp.id)).id;
const wentDown = async (customerId: string) =>
  (await announcedBy(customerId)).filter(({ type }) => type === 'probes.went_down.v1');

describe('the minute in which a probe is looked at', () => {
  const instants = fc.date({ min: new Date('2026-01-01'), max: new Date('2036-01-01'), noInvalidDate: true });
  it('begins at its deadline or less than a minute later', () => {
    fc.assert(
      fc.property(instants, fc.integer({ min: 3, max: 10_800 }), (seen, silence) => {
        const begins = Date.parse(`${minuteToLook(seen.toISOString(), silence)}:00.000Z`);
        const after = begins - (seen.getTime() + silence * 1000);
        expect(after).toBeGreaterThanOrEqual(0);
        expect(after).toBeLessThan(60_000);
      }),
    );
  });

  it('is later than now for whoever stays in the wheel, so that no row comes up twice in a run', () => {
    fc.assert(
      fc.property(
        instants,
        fc.integer({ min: -400, max: 400 }),
        fc.option(fc.integer({ min: 1, max: 4000 })),
        fc.constantFrom('UP', 'DOWN', 'REVOKED', 'PENDING', 'RETIRED', 'CREATED'),
        (at, ago, windowSeconds, state) => {
          const now = at.toISOString();
          const shifted = (seconds: number) => new Date(at.getTime() + seconds * 1000).toISOString();
          const base = newPulse({ id: 'prb_1', customerId: 'cus_1', enrolment: '', enrolmentUntil: '' });
          const pulse = { ...base, state, seenAt: shifted(-ago), told: false, downSince: now } as Pulse;
          const whole = { probeIds: null, reason: '', createdBy: '', createdAt: now, version: 1 };
          const windows = windowSeconds
            ? [{ id: 'mwn_1', from: now, to: shifted(windowSeconds), ...whole }]
            : [];
          const { minute, step } = look(pulse, { now, silenceSeconds: 180, windows });
          if (minute !== undefined) expect(`${minute}:00.000Z` > now).toBe(true);
          if (state === 'UP') expect(minute === undefined && step === undefined).toBe(false);
          expect(glance(pulse, { now, silenceSeconds: 180 }) === undefined).toBe(
            state !== 'UP' || ago >= 180,
          );
        },
      ),
    );
  });
});

describe('a look at what is due', () => {
  it('takes half a read unit and one call where nothing is', async () => {
    const id = await customer();
    await plantFleet(id, { count: 40, seenAt: clock(), minute: minuteToLook(clock()) });
    const { cost } = await measure(sweep);
    expect(cost).toMatchObject({ read: 0.5, write: 0, index: 0, roundTrips: 1, calls: ['Query'] });
  });

  it.each([
    [20, 0],
    [20, 400],
    [300, 0],
  ])(
    'of %i probes due and %i not reads at most 1.1 for each due one, writes 2, and no index',
    async (due, other) => {
      const [one, two] = [await customer(), await customer()];
      const heard = clock();
      wait(180);
      await plantFleet(one, { count: due, seenAt: clock(), minute: minuteToLook(heard) });
      if (other > 0) await plantFleet(two, { count: other, seenAt: clock(), minute: minuteToLook(clock()) });
      const { cost } = await measure(sweep);
      expect(cost.read / due).toBeLessThanOrEqual(1.1);
      expect(cost.read / due).toBeGreaterThanOrEqual(0.5);
      expect(cost).toMatchObject({ write: 2 * due, index: 0 });
      if (process.env.ENGINE !== 'aws') expect(cost.reported).toEqual({ read: cost.read, write: cost.write });
      const rows = (await rowsOf()).filter((minute) => minute <= clock().slice(0, 16));
      expect(rows).toEqual([]);
    },
  );

  it('turns the late ones down and nobody else, each once, however many look at once', async () => {
    const id = await customer();
    const heard = clock();
    const silent = await watchedOnes(id, 5);
    const alive = await watched(id);
    wait(120);
    await alive.beat();
    wait(60);
    await Promise.all([sweep(), sweep(), sweep()]);
    expect(await Promise.all([...silent, alive].map(async (one) => (await one.pulse()).state))).toEqual([
      ...silent.map(() => 'DOWN'),
      'UP',
    ]);
    const events = await wentDown(id);
    expect(events.map(({ subject }) => subject).sort()).toEqual(silent.map((one) => one.id).sort());
    expect(events.map(({ data }) => data)).toEqual(
      silent.map(() => ({ downSince: heard, outages: 1, told: true })),
    );
    expect(await rowsOf(silent[0]?.id)).toEqual([]);
    expect((await rowsOf(alive.id)).length).toBeGreaterThan(0);
  });

  it('does not turn down who was heard while it looked', async () => {
    const probe = await watched(await customer());
    wait(180);
    const { writes } = goDown(await probe.pulse(), { told: true });
    await probe.beat();
    await expect(commit(writes, randomUUID(), Date.now() + 5000)).rejects.toThrow(LostRace);
    expect(await probe.pulse()).toMatchObject({ state: 'UP', outages: 0 });
  });

  it('finds a probe within a minute of its deadline, and again after it came back', async () => {
    const probe = await watched(await customer());
    for (let outage = 1; outage <= 3; outage++) {
      wait(7 * outage);
      await probe.beat();
      const seen = Date.now();
      while ((await probe.pulse()).state === 'UP') {
        toNextMinute();
        await sweep();
      }
      expect(Date.now() - seen).toBeGreaterThanOrEqual(180_000);
      expect(Date.now() - seen).toBeLessThanOrEqual(240_000);
      expect(await probe.pulse()).toMatchObject({ outages: outage, told: true });
    }
  });

  it('forgets who is revoked, and carries on who enrolled again, in one row before long', async () => {
    const probe = await watched(await customer());
    await turn(probe, (pulse) => revoke(pulse));
    wait(180);
    await sweep();
    expect(await rowsOf(probe.id)).toEqual([]);
    const other = await watched(await customer());
    const twice = lookWrite({ customerId: other.customerId, probeId: other.id }, minuteToLook(clock(), 240));
    await commit([twice], randomUUID(), Date.now() + 5000);
    expect(await rowsOf(other.id)).toHaveLength(2);
    for (let n = 0; n < 200 && (await rowsOf(other.id)).length > 1; n++) {
      wait(60);
      await other.beat();
      await sweep();
    }
    expect(await rowsOf(other.id)).toHaveLength(1);
    expect((await other.pulse()).state).toBe('UP');
  });

  it('goes on where one was cut off, at whatever call', async () => {
    for (const how of faults) {
      for (let after = 0, more = true; more; after++) {
        const id = await customer();
        const [silent, alive] = (await watchedOnes(id, 2)) as [Watched, Watched];
        wait(150);
        await alive.beat();
        toNextMinute();
        const { struck } = await under({ after, how }, sweep);
        more = struck !== undefined;
        await sweep();
        expect([(await silent.pulse()).state, (await alive.pulse()).state]).toEqual(['DOWN', 'UP']);
        expect((await silent.pulse()).outages).toBe(1);
        expect(await wentDown(id)).toHaveLength(1);
        expect((await rowsOf(alive.id)).length).toBeGreaterThan(0);
        expect(await rowsOf(silent.id)).toEqual([]);
      }
    }
  });

  it('says that it is not done when its time is over', async () => {
    const id = await customer();
    await plantFleet(id, { count: 120, seenAt: clock(), minute: clock().slice(0, 16) });
    await expect(lookWithin(clock(), -1)).rejects.toThrow('due');
    await sweep();
    expect((await rowsOf()).filter((minute) => minute <= clock().slice(0, 16))).toEqual([]);
  });
});
