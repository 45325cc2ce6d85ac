import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { newId } from '../../lib/aws/world.ts';
import { agentRevoked } from '../../lib/kit/problem.ts';
import { revoke } from '../../lib/probes/lifecycle.ts';
import { announcedBy, react } from '../kit/deliver.ts';
import { faults, listenForFaults, under } from '../kit/faults.ts';
import { type Mailbox, openMailbox } from '../kit/mailbox.ts';
import { ownTable } from '../kit/own-table.ts';
import { plantCustomer } from '../kit/plant.ts';
import { type Caller, call, type Msp, makeMsp } from '../kit/world.ts';
import { Expected } from './expected.ts';
import { turn } from './scene.ts';
import { setClock, stopTheWheel, sweep, toNextMinute, wait, watched, watchedOnes } from './watch.ts';

let msp: Msp;
let box: Mailbox;
let year = 2030;
ownTable();
beforeAll(async () => {
  listenForFaults();
  box = await openMailbox();
  msp = await makeMsp();
});
afterAll(() => {
  vi.useRealTimers();
  box.close();
});
beforeEach(() => {
  box.mails.length = 0;
  setClock(`${year++}-03-01T10:00:00.000Z`);
});
afterEach(stopTheWheel);

const inSeconds = (seconds: number) => new Date(Date.now() + seconds * 1000).toISOString();
const windows = (customerId: string) => `/v1/customers/${customerId}/maintenance-windows`;

async function plan(customerId: string, seconds: number, probeIds?: readonly string[]): Promise<string> {
  const body = { to: inSeconds(seconds), reason: 'Known', ...(probeIds ? { probeIds } : {}) };
  const answer = await call(`POST ${windows(customerId)}`, { as: msp.catalog, body });
  expect(answer.status, JSON.stringify(answer.body)).toBe(201);
  return answer.body.id;
}
const takeBack = (customerId: string, id: string) =>
  call(`DELETE ${windows(customerId)}/${id}`, { as: msp.catalog, headers: { 'if-match': '*' } });

/** Hands what was announced of outages to who waits for it, twice and in any order. */
async function tellAll(customerId: string): Promise<void> {
  const events = (await announcedBy(customerId)).filter(({ type }) => /went_down|came_back/.test(type));
  for (const event of [...events, ...events.toReversed()]) await react(event);
}

/** What was mailed of a probe, oldest first. */
async function mailed(customerId: string, probeId: string): Promise<string[]> {
  const { body } = await call(`GET /v1/customers/${customerId}/notices?limit=100`, { as: msp.reader });
  type Told = { kind: string; alerts: string[]; at: string };
  return (body.items as Told[])
    .filter(({ alerts }) => alerts.includes(`PROBE.${probeId}.down`))
    .sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : a.kind < b.kind ? -1 : 1))
    .map(({ kind, at }) => `${kind === 'REACHED' ? 'down' : 'back'} ${at}`);
}

describe('an outage', () => {
  it('is mailed once, and once its end', async () => {
    const { id } = await plantCustomer(msp.id);
    const probe = await watched(id);
    wait(180);
    await Promise.all([sweep(), sweep()]);
    await tellAll(id);
    wait(3600);
    await Promise.all([probe.beat().catch(() => undefined), probe.beat(), sweep()]);
    await sweep();
    await tellAll(id);
    expect(box.mails.map(({ to }) => to)).toEqual([['manager@msp.example.com'], ['manager@msp.example.com']]);
    const [down, back] = box.mails;
    expect(down?.subject).toContain(`probe ${probe.id} is down`);
    expect(down?.text).toContain('since 20');
    expect(back?.subject).toContain(`probe ${probe.id} is back`);
    expect(back?.text).toContain('after 1 hour and 3 minutes');
    expect(await probe.pulse()).toMatchObject({ state: 'UP', outages: 1 });
  });

  it('found in a window is not told, nor its end', async () => {
    const { id } = await plantCustomer(msp.id);
    const probe = await watched(id);
    await plan(id, 3600, [probe.id]);
    wait(180);
    await sweep();
    expect(await probe.pulse()).toMatchObject({ state: 'DOWN', told: false, outages: 1 });
    wait(600);
    await sweep();
    await probe.beat();
    await sweep();
    await tellAll(id);
    expect(await probe.pulse()).toMatchObject({ state: 'UP', outages: 1 });
    expect(box.mails).toEqual([]);
  });

  it('that outlasts its window is told when that ends, and its end too; others are told at once', async () => {
    const { id } = await plantCustomer(msp.id);
    const [quiet, other] = await watchedOnes(id, 2);
    const ends = Date.now() + 1000_000;
    await plan(id, 1000, [quiet?.id ?? '']);
    while (!(await quiet?.pulse())?.told) {
      toNextMinute();
      await sweep();
    }
    expect(Date.now() - ends).toBeGreaterThanOrEqual(0);
    expect(Date.now() - ends).toBeLessThan(60_000);
    await quiet?.beat();
    await tellAll(id);
    expect(await mailed(id, other?.id ?? '')).toHaveLength(1);
    expect((await mailed(id, quiet?.id ?? '')).map((one) => one.slice(0, 4)).sort()).toEqual([
      'back',
      'down',
    ]);
  });

  it('is told within six minutes when its window is taken back', async () => {
    const { id } = await plantCustomer(msp.id);
    const probe = await watched(id);
    const window = await plan(id, 86_400);
    wait(180);
    await sweep();
    expect((await takeBack(id, window)).status).toBe(204);
    const since = Date.now();
    while (!(await probe.pulse()).told) {
      toNextMinute();
      await sweep();
    }
    expect(Date.now() - since).toBeLessThanOrEqual(360_000);
  });

  it('of a probe that was revoked meanwhile is over without a word', async () => {
    const { id } = await plantCustomer(msp.id);
    const probe = await watched(id);
    wait(180);
    await sweep();
    await turn(probe, (pulse) => revoke(pulse));
    wait(600);
    await sweep();
    await expect(probe.beat()).rejects.toMatchObject({ type: { code: agentRevoked.code } });
    await tellAll(id);
    expect(await mailed(id, probe.id)).toHaveLength(1);
  });
});

type Act =
  | { readonly do: 'beat'; readonly who: number }
  | { readonly do: 'plan'; readonly who: number | null; readonly seconds: number }
  | { readonly do: 'take back' }
  | { readonly do: 'race'; readonly who: number };
const who = fc.nat(2);
const act: fc.Arbitrary<Act> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('beat' as const), who }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('plan' as const),
      who: fc.option(who),
      seconds: fc.integer({ min: 30, max: 1200 }),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ do: 'take back' as const }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('race' as const), who }) },
);
/** What happens in a minute, and how the look at its end goes. */
const minute = fc.record({
  acts: fc.array(fc.record({ act, after: fc.integer({ min: 1, max: 25 }) }), { maxLength: 2 }),
  looks: fc.constantFrom('one', 'one', 'one', 'two', 'fails'),
  fault: fc.record({ after: fc.nat(12), how: fc.constantFrom(...faults) }),
});

describe('whatever beats, looks, windows and faults come after each other', () => {
  it('every outage is told once, every end of one that was told once, and nothing else', async () => {
    const seen = { down: 0, back: 0, untold: 0, struck: 0 };
    await fc.assert(
      fc.asyncProperty(fc.array(minute, { minLength: 15, maxLength: 30 }), async (minutes) => {
        setClock(`${year++}-03-01T10:00:00.000Z`);
        const { id } = await plantCustomer(msp.id);
        const probes = await watchedOnes(id, 3);
        const expected = new Expected(probes.length, Date.now());
        const open: string[] = [];
        for (const { acts, looks, fault } of minutes) {
          for (const { act, after } of acts) {
            wait(after);
            if (act.do === 'beat') {
              await probes[act.who]?.beat();
              expected.beat(act.who, Date.now());
            } else if (act.do === 'plan') {
              const named = act.who === null ? undefined : [probes[act.who]?.id ?? ''];
              open.push(await plan(id, act.seconds, named));
              expected.plan(act.who, Date.now(), act.seconds);
            } else if (act.do === 'take back' && open.length > 0) {
              expect((await takeBack(id, open.pop() ?? '')).status).toBe(204);
              expected.takeBack();
            } else if (act.do === 'race') {
              toNextMinute();
              await Promise.all([probes[act.who]?.beat(), sweep()]);
              const after = (await probes[act.who]?.pulse())?.outages ?? 0;
              expected.race(act.who, Date.now(), after);
            }
          }
          toNextMinute();
          if (looks === 'fails') {
            const { struck } = await under(fault, sweep);
            if (struck) seen.struck++;
          }
          await Promise.all(looks === 'two' ? [sweep(), sweep()] : [sweep()]);
          const now = await Promise.all(probes.map((one) => one.pulse()));
          expected.look(Date.now(), now);
        }
        await tellAll(id);
        for (const [index, probe] of probes.entries()) {
          const told = (await mailed(id, probe.id)).map((one) => one.slice(0, 4)).sort();
          expect(told).toEqual(expected.told(index).toSorted());
        }
        seen.down += expected.all('down');
        seen.back += expected.all('back');
        seen.untold += expected.untold;
      }),
      { numRuns: Number(process.env.RUNS ?? 6) },
    );
    process.stdout.write(`outages told, ended, untold, faults met: ${JSON.stringify(seen)}\n`);
    expect(Math.min(seen.down, seen.back)).toBeGreaterThan(0);
  });
});

describe('what else is mailed of probes', () => {
  const admins = (customer: { admin: Caller }) => [customer.admin.email, 'manager@msp.example.com'].sort();
  it.each([
    ['probes.cloned.v1', { why: 'ANOTHER_HOST' }, 'copied the key', true],
    ['probes.cloned.v1', { why: 'COUNT_WENT_BACK' }, 'copied the key', true],
    ['probes.enrolment_refused.v1', { refusals: 5 }, 'is void', true],
    ['probes.awaiting_approval.v1', { from: 'CREATED', generation: 1 }, 'waits for approval', false],
  ])('%s %j', async (type, data, words, alsoAdministrators) => {
    const customer = await plantCustomer(msp.id);
    const probe = await watched(customer.id);
    const tenant = { id: customer.id, providerId: msp.id, path: ['plt', msp.id, customer.id] };
    const actor = { id: probe.id, kind: 'system' as const, home: customer.id };
    const event = {
      ...{
        id: newId('event', Date.now()),
        type,
        source: 'quartermaster' as const,
        at: new Date().toISOString(),
      },
      ...{ tenant, actor, subject: probe.id, data, traceId: 'trace' },
    };
    await react(event);
    await react(event);
    const expected = alsoAdministrators ? admins(customer) : ['manager@msp.example.com'];
    expect(box.mails.flatMap(({ to }) => to).sort()).toEqual(expected);
    for (const { subject, text } of box.mails) {
      expect(subject).toContain(words);
      expect(text).toContain(probe.id);
    }
  });
});

describe('the alert of a probe', () => {
  it('is listed once it was told, explained, and silent while it is snoozed', async () => {
    const { id } = await plantCustomer(msp.id);
    const probe = await watched(id);
    const alerts = `/v1/customers/${id}/alerts`;
    const one = `${alerts}/PROBE.${probe.id}.down`;
    const because = async () =>
      (await call(`GET ${one}/explanation`, { as: msp.reader })).body.because.join(' ');
    expect((await call(`GET ${alerts}`, { as: msp.reader })).body.items).toEqual([]);
    expect(await because()).toContain('is not down');
    wait(180);
    await sweep();
    await tellAll(id);
    const listed = (await call(`GET ${alerts}`, { as: msp.reader })).body.items;
    expect(listed).toMatchObject([{ id: `PROBE.${probe.id}.down`, threshold: 1, state: 'FIRED' }]);
    expect(await because()).toContain('is down since');
    const snooze = { until: inSeconds(86_400), reason: 'Moving house' };
    expect((await call(`POST ${one}/snooze`, { as: msp.catalog, body: snooze })).status).toBe(200);
    wait(60);
    await probe.beat();
    wait(180);
    await sweep();
    await tellAll(id);
    expect(box.mails).toHaveLength(1);
    expect(await because()).toContain('snoozed until');
    await plan(id, 3600);
    wait(1);
    await probe.beat();
    wait(240);
    await sweep();
    expect(await because()).toContain('a maintenance window keeps that from being told');
    const unknown = `${alerts}/PROBE.${newId('probe', 1)}.down`;
    expect((await call(`GET ${unknown}/explanation`, { as: msp.reader })).status).toBe(404);
    expect((await call(`POST ${unknown}/snooze`, { as: msp.catalog, body: snooze })).status).toBe(404);
    expect(
      (await call(`POST ${one.replace('down', '80')}/snooze`, { as: msp.catalog, body: snooze })).status,
    ).toBe(404);
  });
});
