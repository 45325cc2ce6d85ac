import { randomUUID } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { commit, get, LostRace } from '../../lib/aws/db.ts';
import { meterKey, pulseKey } from '../../lib/kit/keys.ts';
import { reportedId } from '../../lib/licensing/reported.ts';
import { applyPart } from '../../lib/probes/inventory.ts';
import { inventoryStanding } from '../../lib/probes/inventory-store.ts';
import type { Pulse } from '../../lib/probes/pulse.ts';
import { inventoryReport, itemsOf, keptIds } from '../../lib/probes/report.ts';
import { agentHandler, newAgent, plantProbe, type TestAgent } from '../kit/agent.ts';
import { meanwhile } from '../kit/faults.ts';
import { type Answer, call, type Msp, makeMsp } from '../kit/world.ts';
import { announcedBy, type Desk, managedItems, openDesk, setPool } from '../licensing/desk.ts';

let msp: Msp;
beforeAll(async () => {
  msp = await makeMsp();
  await setPool(msp, 'DEVICE', 2000);
  await setPool(msp, 'FIREWALL', 5);
});

afterEach(() => {
  vi.useRealTimers();
});

interface Thing {
  readonly type: string;
  readonly externalId: string;
  readonly name?: string;
  readonly gone?: boolean;
}
const device = (at: number, more: Partial<Thing> = {}): Thing => ({
  type: 'DEVICE',
  externalId: `d-${at}`,
  name: `Device ${at}`,
  ...more,
});
const devices = (count: number, from = 0) => Array.from({ length: count }, (_, at) => device(from + at));
const gone = (...things: Thing[]) => things.map(({ name: _name, ...one }) => ({ ...one, gone: true }));

interface Site extends Desk {
  readonly agent: TestAgent;
  readonly report: (sequence: number, items: readonly unknown[]) => Promise<Answer>;
}

async function openSite(limit?: number): Promise<Site> {
  const desk = await openDesk(msp);
  if (limit !== undefined) await desk.allocate({ model: 'ALLOCATED', allocations: { DEVICE: { limit } } });
  const probe = await plantProbe(desk.id);
  const agent = newAgent();
  const { status } = await agent.enrol(probe.enrolmentKey);
  if (status !== 200) throw new Error('not enrolled');
  const report = (sequence: number, items: readonly unknown[]) =>
    agent.send('POST /v1/agent/inventory', { sequence, items }, { handler: agentHandler() });
  return { ...desk, agent, report };
}

const outcome = ({ status, body }: Answer) => [
  status,
  body.accepted,
  body.sequence,
  body.managed,
  body.unmanaged,
  body.gone,
];
const meterOf = async (site: Desk, type = 'DEVICE') => {
  const meter = await get(meterKey(site.id, type), true);
  return [meter?.used, meter?.waiting];
};
const pulseOf = (site: Site) => get(pulseKey(site.id, site.agent.probeId), true);

describe('a probe', () => {
  const held = async (site: Site) => (await pulseOf(site))?.items;
  const hold = async (site: Site, items: number) => {
    const key = pulseKey(site.id, site.agent.probeId);
    await commit([{ do: 'amend', key, set: { items }, where: {} }], randomUUID(), Date.now() + 5000);
  };

  it('counts its items, whoever deletes one', async () => {
    const site = await openSite(0);
    await site.report(1, devices(130));
    expect(await held(site)).toBe(130);
    await site.report(2, [device(1, { name: 'Another name' }), ...gone(device(2), device(3), device(500))]);
    expect(await held(site)).toBe(128);
    const id = reportedId(site.agent.probeId, { type: 'DEVICE', externalId: 'd-1' });
    const as = msp.catalog;
    const path = `DELETE ${site.path(`/items/${id}`)}`;
    expect((await call(path, { as, headers: { 'if-match': '*' } })).status).toBe(204);
    expect(await held(site)).toBe(127);
    expect((await site.report(3, [device(1), device(4)])).status).toBe(200);
    expect(await held(site)).toBe(128);
  });

  it('has 10,000 items at most: a report beyond that is refused as a whole, what it has may change and go', async () => {
    const site = await openSite(0);
    await site.report(1, devices(3));
    await hold(site, 9_999);
    expect(await site.report(2, devices(70, 2))).toMatchObject({
      status: 409,
      body: { code: 'agent.too_many_items', items: 9_999, most: 10_000, expected: 2 },
    });
    expect(await held(site)).toBe(9_999);
    expect((await site.report(2, [device(7)])).status).toBe(200);
    expect((await site.report(3, [device(0, { name: 'Renamed' })])).status).toBe(200);
    expect((await site.report(4, [device(8)])).status).toBe(409);
    expect((await site.report(4, [device(8), ...gone(device(0))])).status).toBe(200);
    expect((await site.report(5, gone(device(1)))).status).toBe(200);
    expect(await held(site)).toBe(9_999);
  });
});

describe('an inventory report', () => {
  it('is taken at the pace of a part a second, however many instances there are', async () => {
    vi.useFakeTimers({ now: new Date('2027-06-01T00:00:00.000Z'), toFake: ['Date'] });
    const site = await openSite(1);
    const answers: Answer[] = [];
    for (let sequence = 1; sequence <= 6; sequence++)
      answers.push(await site.report(sequence, gone(...devices(500))));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 429, 429]);
    expect(answers[5]?.body.code).toBe('agent.too_many_calls');
    expect(answers[5]?.headers['retry-after']).toBe('7');
    expect((await site.agent.heartbeat()).status).toBe(200);
    vi.setSystemTime(new Date('2027-06-01T00:00:06.000Z'));
    expect((await site.report(5, gone(device(1)))).status).toBe(429);
    vi.setSystemTime(new Date('2027-06-01T00:00:07.000Z'));
    expect((await site.report(5, gone(device(1)))).status).toBe(200);
    expect(await site.report(6, gone(device(1)))).toMatchObject({ status: 429 });
    vi.setSystemTime(new Date('2027-06-01T01:00:00.000Z'));
    for (let sequence = 6; sequence < 36; sequence++)
      expect((await site.report(sequence, gone(device(1)))).status).toBe(200);
    expect((await site.report(36, gone(device(1)))).headers['retry-after']).toBe('1');
  });

  it('manages what it finds as far as licences reach; the rest waits', async () => {
    const site = await openSite(3);
    expect(outcome(await site.report(1, devices(5)))).toEqual([200, true, 1, 3, 2, 0]);
    expect(await meterOf(site)).toEqual([3, 2]);
    expect(await site.notices()).toEqual(['fired 80 100']);
    const { body } = await call(`GET ${site.path('/items?type=DEVICE')}`, { as: msp.reader });
    expect(body.items).toHaveLength(5);
    const id = reportedId(site.agent.probeId, { type: 'DEVICE', externalId: 'd-4' });
    const last = await call(`GET ${site.path(`/items/${id}`)}`, { as: msp.reader });
    expect(last.body).toMatchObject({
      ...device(4),
      probeId: site.agent.probeId,
      state: 'UNMANAGED',
      reason: 'ALLOCATION_EXHAUSTED',
    });
    const used = (await announcedBy(site.id)).filter(({ type }) => type === 'licensing.use_changed.v1');
    expect(used.map(({ data }) => data)).toEqual([{ steps: [{ resourceType: 'DEVICE', by: 3 }] }]);
  });

  it('changes nothing when it comes again; another body under its number is refused', async () => {
    const site = await openSite(10);
    await site.report(1, devices(4));
    const before = await meterOf(site);
    expect(outcome(await site.report(1, devices(4)))).toEqual([200, false, 1, 4, 0, 0]);
    expect(await site.report(1, devices(3))).toMatchObject({
      status: 422,
      body: { code: 'agent.sequence_reused' },
    });
    expect(outcome(await site.report(2, devices(1, 4)))).toEqual([200, true, 2, 1, 0, 0]);
    expect(outcome(await site.report(1, devices(4)))).toEqual([200, false, 2, 0, 0, 0]);
    expect(before).toEqual([4, 0]);
    expect(await meterOf(site)).toEqual([5, 0]);
  });

  it('half applied, of an agent that has lost it, holds up no other one once a RESYNC is ordered', async () => {
    const site = await openSite(200);
    const fail = async () => {
      throw new Error('gone');
    };
    const halve = async (sequence: number, items: Thing[]) => {
      meanwhile('TransactWriteItems', async () => meanwhile('TransactWriteItems', fail));
      await expect(site.report(sequence, items)).rejects.toThrow('500');
      expect(await pulseOf(site)).toMatchObject({ inventory: sequence, parts: 1, whole: false });
    };
    const order = () =>
      call(`POST ${site.path(`/probes/${site.agent.probeId}/commands`)}`, {
        as: msp.catalog,
        body: { kind: 'RESYNC' },
      });
    await halve(1, devices(70));
    expect((await site.report(1, devices(3))).body.code).toBe('agent.sequence_reused');
    expect((await site.report(2, devices(3))).body).toMatchObject({ expected: 1 });
    const first = await order();
    expect(first.status).toBe(201);
    expect((await site.agent.heartbeat()).body).toMatchObject({ inventorySequence: 1 });
    expect(outcome(await site.report(2, devices(3)))).toEqual([200, true, 2, 3, 0, 0]);
    // One that waits already lets go of the next one, too; the report itself may still be finished.
    await halve(3, devices(70, 100));
    expect(await order()).toMatchObject({ status: 200, body: { id: first.body.id } });
    expect(outcome(await site.report(3, devices(70, 100)))).toEqual([200, true, 3, 70, 0, 0]);
    expect(outcome(await site.report(4, devices(1)))).toEqual([200, true, 4, 1, 0, 0]);
    expect(await meterOf(site)).toEqual([130, 0]);
  });

  it('follows the one before without a gap', async () => {
    const site = await openSite();
    for (const sequence of [2, 7])
      expect(await site.report(sequence, devices(1))).toMatchObject({
        status: 409,
        body: { code: 'agent.sequence_gap', expected: 1 },
      });
    expect((await site.report(1, devices(1))).status).toBe(200);
    expect((await site.report(3, devices(1))).body.expected).toBe(2);
  });

  it('renames, deletes what is gone, and gives its licence to what comes after it, not to what waits', async () => {
    const site = await openSite(2);
    await site.report(1, devices(3));
    const second = [device(0, { name: 'Core' }), ...gone(device(1)), device(9), ...gone(device(77))];
    expect(outcome(await site.report(2, second))).toEqual([200, true, 2, 2, 0, 1]);
    expect(await meterOf(site)).toEqual([2, 1]);
    expect(outcome(await site.report(3, gone(device(2), device(0))))).toEqual([200, true, 3, 0, 0, 2]);
    expect(await meterOf(site)).toEqual([1, 0]);
    expect(await managedItems(site.id, 'DEVICE')).toEqual([
      reportedId(site.agent.probeId, { type: 'DEVICE', externalId: 'd-9' }),
    ]);
  });

  it('leaves alone what people decided: what is unmanaged stays so, what was deleted is added again', async () => {
    const site = await openSite(5);
    await site.report(1, devices(2));
    const [one = '', two = ''] = [0, 1].map((at) =>
      reportedId(site.agent.probeId, { type: 'DEVICE', externalId: `d-${at}` }),
    );
    await site.unmanage([one]);
    await call(`DELETE ${site.path(`/items/${two}`)}`, { as: site.admin, headers: { 'if-match': '*' } });
    expect(outcome(await site.report(2, devices(2)))).toEqual([200, true, 2, 1, 1, 0]);
    expect((await call(`GET ${site.path(`/items/${one}`)}`, { as: msp.reader })).body.reason).toBe(
      'BY_REQUEST',
    );
    expect(await managedItems(site.id, 'DEVICE')).toEqual([two]);
    expect(await meterOf(site)).toEqual([1, 0]);
    expect((await site.manage([one])).body.items[0].state).toBe('MANAGED');
  });

  it('that is decided late does not put the probe back to where it was', async () => {
    const site = await openSite();
    await site.report(1, devices(1));
    const report = inventoryReport.parse({ sequence: 2, items: devices(1) });
    const { customerId, probeId } = site.agent;
    const of = { customerId, probeId, providerId: msp.id, generation: 1, publicKey: site.agent.publicKey };
    const { pulse, account, found } = await inventoryStanding(of, keptIds(probeId, itemsOf(report, 0)));
    const now = new Date().toISOString();
    const { plan } = applyPart({ pulse: pulse as Pulse, account, found }, report, { part: 0, now });
    await site.report(2, devices(1));
    await site.report(3, devices(1));
    await expect(commit(plan.writes, randomUUID(), Date.now() + 1000)).rejects.toThrow(LostRace);
    expect(await pulseOf(site)).toMatchObject({ inventory: 3 });
  });

  it('of 500 things is applied in parts, each with its own entry, and may be compressed', async () => {
    const site = await openSite();
    const body = Buffer.from(JSON.stringify({ sequence: 1, items: devices(500) }));
    const answer = await site.agent.send('POST /v1/agent/inventory', undefined, {
      bytes: gzipSync(body),
      headers: { 'content-encoding': 'gzip' },
    });
    expect(outcome(answer)).toEqual([200, true, 1, 500, 0, 0]);
    expect(await pulseOf(site)).toMatchObject({ inventory: 1, parts: 9, whole: true });
    expect(await meterOf(site)).toEqual([500, 0]);
    await site.report(2, gone(...devices(500)));
    expect(await meterOf(site)).toEqual([0, 0]);
  });

  it('with bad fields is refused by name', async () => {
    const site = await openSite();
    const wrong: [unknown, string][] = [
      [{ sequence: 0, items: devices(1) }, '#/sequence'],
      [{ sequence: 1.5, items: devices(1) }, '#/sequence'],
      [{ sequence: 1, items: [] }, '#/items'],
      [{ sequence: 1, items: devices(501) }, '#/items'],
      [{ sequence: 1, items: [{ ...device(1), type: 'TOASTER' }] }, '#/items/0/type'],
      [{ sequence: 1, items: [{ type: 'DEVICE', externalId: 'a' }] }, '#/items/0/name'],
      [{ sequence: 1, items: [device(1), device(1)] }, '#/items/1/externalId'],
      [{ sequence: 1, items: [device(1, { name: 'a\r\nb' })] }, '#/items/0/name'],
      [{ sequence: 1, items: [{ ...device(1), state: 'MANAGED' }] }, '#/items/0/state'],
      [{ sequence: 1, items: devices(1), customerId: site.id }, '#/customerId'],
    ];
    for (const [body, pointer] of wrong) {
      const answer = await site.agent.send('POST /v1/agent/inventory', body, { handler: agentHandler() });
      expect([pointer, answer.status]).toEqual([pointer, 400]);
      expect(answer.body.errors.map((one: { pointer: string }) => one.pointer)).toContain(pointer);
    }
    expect(await meterOf(site)).toEqual([undefined, undefined]);
  });
});
