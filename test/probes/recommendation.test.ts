import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { commit } from '../../lib/aws/db.ts';
import { newId } from '../../lib/aws/world.ts';
import { headOf } from '../../lib/credits/store.ts';
import { observedKey, pulseKey } from '../../lib/kit/keys.ts';
import type { Write } from '../../lib/kit/plan.ts';
import { resourceTypes } from '../../lib/kit/resource.ts';
import { toMeter } from '../../lib/licensing/meter.ts';
import { glance, rollupOf } from '../../lib/probes/overview-store.ts';
import { newPulse, type Pulse } from '../../lib/probes/pulse.ts';
import { type Observed, recommend } from '../../lib/probes/recommendation.ts';
import { newAgent } from '../kit/agent.ts';
import { listen, measure } from '../kit/cost.ts';
import { plantCustomer } from '../kit/plant.ts';
import { call, makeMsp } from '../kit/world.ts';

const now = '2026-06-30T12:00:00.000Z';
const dayAgo = (days: number) => new Date(Date.parse(now) - days * 86_400_000).toISOString().slice(0, 10);
const customerId = 'cus_00000000000000000000000000';
const meters = (used: number, waiting = 0) => [
  { ...toMeter(undefined, { customerId, type: 'DEVICE' as const }), used, waiting },
];
const pulse = (id: string, count: number | undefined, state: Pulse['state'] = 'UP'): Pulse => ({
  ...newPulse({ id, customerId, enrolment: '', enrolmentUntil: '' }),
  state,
  ...(count === undefined ? {} : { counts: { DEVICE: count }, countedAt: now }),
});
const seen = (probeId: string, days: number, count: number): Observed => ({
  probeId,
  day: dayAgo(days),
  counts: { DEVICE: count },
});
const recommended = (...of: Parameters<typeof recommend>) => recommend(...of).resources[0];

describe('a recommended allocation', () => {
  it('is the peak of 30 days and 10 %, rounded up', () => {
    const observed = [seen('a', 3, 70), seen('b', 3, 31), seen('a', 2, 90), seen('a', 31, 500)];
    const of = { meters: meters(40, 7), pulses: [pulse('a', 50), pulse('b', 20)], observed };
    expect(recommended(of, now)).toEqual({
      resourceType: 'DEVICE',
      managed: 40,
      waiting: 7,
      observedNow: 70,
      peak: 101,
      peakOn: dayAgo(3),
      recommended: 112,
    });
    expect(recommend(of, now).standsOn).toEqual({ from: dayAgo(30), to: dayAgo(0), days: 3, probes: 2 });
  });

  it('is never less than what is managed, and says when it stands on nothing', () => {
    const of = { meters: meters(40), pulses: [pulse('a', undefined)], observed: [] };
    expect(recommended(of, now)).toMatchObject({ peak: 0, peakOn: null, recommended: 40 });
    expect(recommend(of, now).standsOn).toMatchObject({ days: 0, probes: 0 });
  });

  it('does not count now what retired and revoked probes saw last', () => {
    const pulses = [
      pulse('a', 10),
      pulse('b', 20, 'RETIRED'),
      pulse('c', 30, 'REVOKED'),
      pulse('d', 5, 'DOWN'),
    ];
    expect(recommended({ meters: meters(0), pulses, observed: [] }, now)).toMatchObject({
      observedNow: 15,
      recommended: 17,
    });
  });

  it('covers whatever was seen on any day', () => {
    const row = fc.record({ probe: fc.constantFrom('a', 'b', 'c'), days: fc.nat(30), count: fc.nat(10_000) });
    fc.assert(
      fc.property(
        fc.uniqueArray(row, { selector: ({ probe, days }) => `${probe} ${days}` }),
        fc.nat(10_000),
        (rows, managed) => {
          const observed = rows.map(({ probe, days, count }) => seen(probe, days, count));
          const one = recommended({ meters: meters(managed), pulses: [], observed }, now);
          for (let days = 0; days <= 30; days++) {
            const sum = rows.reduce((all, each) => all + (each.days === days ? each.count : 0), 0);
            expect(10 * (one?.recommended ?? 0)).toBeGreaterThanOrEqual(Math.max(10 * managed, 11 * sum));
          }
        },
      ),
    );
  });
});

describe('by the front door', () => {
  it('stands on 300 probes and 31 days of each in four reads at most', async () => {
    listen();
    const msp = await makeMsp();
    const { id } = await plantCustomer(msp.id);
    const rows: Write[] = [];
    const probeIds = Array.from({ length: 300 }, () => newId('probe', Date.now()));
    for (const probeId of probeIds) {
      const pulse = { ...newPulse({ id: probeId, customerId: id, enrolment: 'e', enrolmentUntil: now }) };
      rows.push({ do: 'create', item: { ...pulseKey(id, probeId), kind: 'pulse', ...pulse } });
      for (let days = 0; days <= 30; days++) {
        const day = new Date(Date.now() - days * 86_400_000).toISOString().slice(0, 10);
        const counts = { DEVICE: 10, INTERFACE: 200, FIREWALL: 1 };
        const item = { ...observedKey(id, day, probeId), kind: 'observed', probeId, day, counts };
        rows.push({ do: 'create', item: { ...item, at: now, expiresAt: 9e9 } });
      }
    }
    for (let from = 0; from < rows.length; from += 100)
      await commit(rows.slice(from, from + 100), randomUUID(), Date.now() + 5000);
    const line = `GET /v1/customers/${id}/recommended-allocation`;
    const { result, cost } = await measure(() => call(line, { as: msp.reader }));
    expect(result.body).toMatchObject({ resources: expect.anything(), standsOn: { days: 31 } });
    process.stdout.write(
      `recommendation of 300 probes and 31 days: ${cost.read} RCU, ${cost.reading} reads one after the other\n`,
    );
    expect(cost.reading).toBeLessThanOrEqual(4);
  });

  it('both are read in one round trip; a customer’s own part costs at most 3 RCU, a provider’s page one item', async () => {
    listen();
    const msp = await makeMsp();
    const { id } = await plantCustomer(msp.id);
    const { body } = await call(`POST /v1/customers/${id}/probes`, {
      as: msp.catalog,
      body: { name: 'One' },
    });
    const agent = newAgent();
    await agent.enrol(body.enrolmentKey);
    await agent.send('POST /v1/agent/usage', { sequence: 1, counts: { DEVICE: 90 } });
    const day = new Date(Date.now() - 5 * 86_400_000).toISOString().slice(0, 10);
    const item = { ...observedKey(id, day, agent.probeId), kind: 'observed', probeId: agent.probeId, day };
    await commit(
      [
        {
          do: 'create',
          item: { ...item, counts: { DEVICE: 101 }, at: `${day}T23:00:00.000Z`, expiresAt: 9e9 },
        },
      ],
      randomUUID(),
      Date.now() + 1000,
    );
    const line = `GET /v1/customers/${id}/recommended-allocation`;
    const { result, cost } = await measure(() => call(line, { as: msp.reader }));
    expect(result.body.resources).toHaveLength(resourceTypes.length);
    expect(result.body.resources[0]).toMatchObject({
      observedNow: 90,
      peak: 101,
      peakOn: day,
      recommended: 112,
    });
    expect(cost.reading).toBe(1);
    const own = await measure(() => Promise.all([glance(id, false), headOf(id, false)]));
    const above = await measure(() => rollupOf(msp.id, false));
    expect([own.cost.roundTrips, above.cost.roundTrips]).toEqual([1, 1]);
    expect(own.cost.read).toBeLessThanOrEqual(3);
    expect(above.cost.read).toBe(0.5);
    process.stdout.write(
      `own part ${own.cost.read} RCU, sums below ${above.cost.read} RCU, one round trip each\n`,
    );
  });
});
