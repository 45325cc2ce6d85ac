import { randomUUID } from 'node:crypto';
import { cpSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openFolder } from '../../infra/agent/files.ts';
import { commit } from '../../lib/aws/db.ts';
import { pulseKey } from '../../lib/kit/keys.ts';
import { addProbe } from '../kit/agent.ts';
import { addCustomer, call, type Msp, makeMsp } from '../kit/world.ts';
import { type Fault, type Gate, newDir, newSite, openGate, type Site } from './site.ts';

let msp: Msp;
let gate: Gate;
beforeAll(async () => {
  [msp, gate] = await Promise.all([makeMsp(), openGate()]);
  await call('PUT /v1/licence-pool/DEVICE', {
    as: msp.catalog,
    body: { licensed: 100_000 },
    headers: { 'if-match': '*' },
  });
});
afterAll(() => gate.close());

interface Place {
  readonly site: Site;
  readonly path: string;
  readonly customer: string;
  readonly key: string;
}

async function newPlace(): Promise<Place> {
  const { id: customerId } = await addCustomer(msp);
  const { id, enrolmentKey } = await addProbe(customerId, msp.catalog);
  const customer = `/v1/customers/${customerId}`;
  const path = `${customer}/probes/${id}`;
  return { site: newSite(gate, enrolmentKey), path, customer, key: enrolmentKey };
}

const probeOf = async ({ path }: Place) => (await call(`GET ${path}`, { as: msp.catalog })).body;

async function namesOf({ customer }: Place): Promise<string[]> {
  const { body } = await call(`GET ${customer}/items?type=DEVICE&limit=100`, { as: msp.catalog });
  return body.items.map(({ name }: { name: string }) => name).sort();
}

const things = (count: number, from = 1) =>
  Object.fromEntries(Array.from({ length: count }, (_, at) => [`id-${from + at}`, `switch-${from + at}`]));

it('enrols, reports what there is, then differences only, also after a restart', async () => {
  const place = await newPlace();
  const { site } = place;
  site.holds(things(3));
  expect(await site.turn()).toBe(60);
  expect(site.probe.isSaid()).toBe(true);
  expect(await namesOf(place)).toEqual(['switch-1', 'switch-2', 'switch-3']);
  expect(await probeOf(place)).toMatchObject({ state: 'UP', usage: { counts: { DEVICE: 3 } } });
  site.start();
  site.holds({ 'id-2': 'switch-2', 'id-3': 'core-3', 'id-4': 'switch-4' });
  await site.turn();
  expect(await namesOf(place)).toEqual(['core-3', 'switch-2', 'switch-4']);
  expect(site.said.at(-1)).toBe('inventory 2: 2 managed, 0 waiting, 1 gone');
  const before = gate.calls.length;
  await site.turn();
  expect(gate.calls.slice(before)).toEqual(['POST /v1/agent/heartbeat', 'POST /v1/agent/usage']);
});

it('keeps its private key for its owner, and no enrolment key', async () => {
  const { site, key } = await newPlace();
  await site.turn();
  const file = join(site.dir, 'state', 'self.json');
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(statSync(join(site.dir, 'state')).mode & 0o777).toBe(0o700);
  const text = readFileSync(file, 'utf8');
  expect(text).toContain('PRIVATE KEY');
  expect(text).not.toContain(key);
});

it('lets no second agent into its folder', async () => {
  const { site } = await newPlace();
  expect(() => openFolder(join(site.dir, 'state'))).toThrow(/Another agent runs/);
  site.stop();
  openFolder(join(site.dir, 'state')).close();
});

it('asks again where no answer came, and nothing counts twice', async () => {
  const place = await newPlace();
  const { site } = place;
  site.holds(things(2));
  // Enrolment, heartbeat, configuration, inventory, usage: the answer of each is lost once.
  for (let done = 0; done < 5; done++) {
    gate.faults.push(...Array.from({ length: done }, () => undefined), 'LOSE_ANSWER');
    await site.turn();
    gate.faults.length = 0;
    site.start();
  }
  await site.turn();
  expect(site.probe.isSaid()).toBe(true);
  expect(await namesOf(place)).toEqual(['switch-1', 'switch-2']);
  expect(await probeOf(place)).toMatchObject({ generation: 1, inventory: { sequence: 1, complete: true } });
});

it('keeps what it found while there is no network: totals as many as there is room, differences all', async () => {
  const place = await newPlace();
  const { site } = place;
  await site.turn();
  gate.faults.push(...Array.from({ length: 130 }, (): Fault => 'LOSE_CALL'));
  for (let round = 0; round < 130; round++) {
    site.holds(things(1 + (round % 3), 1 + round));
    const wait = await site.turn();
    expect(wait).toBeGreaterThan(0);
    expect(wait).toBeLessThanOrEqual(60);
    if (round % 40 === 7) site.start();
  }
  expect(site.memory.usage()).toHaveLength(100);
  expect(site.memory.inventory()).toHaveLength(1);
  expect(site.probe.isSaid()).toBe(false);
  site.holds(things(2, 50));
  await site.turn();
  await site.turn();
  expect(site.probe.isSaid()).toBe(true);
  expect(await namesOf(place)).toEqual(['switch-50', 'switch-51']);
});

it.each([429, 503] as const)('waits as long as a %s asks', async (status) => {
  const { site } = await newPlace();
  await site.turn();
  gate.faults.push(status);
  expect(await site.turn()).toBe(7);
  expect(await site.turn()).toBe(60);
  expect(site.probe.isSaid()).toBe(true);
});

it('waits for approval, and goes on once it has it', async () => {
  const place = await newPlace();
  const as = msp.catalog;
  const mode = { as, body: { mode: 'MANUAL' }, headers: { 'if-match': '*' } };
  await call(`PUT ${place.customer}/probe-approval`, mode);
  expect(await place.site.turn()).toBeGreaterThanOrEqual(60);
  expect((await probeOf(place)).state).toBe('PENDING');
  await call(`POST ${place.path}/approval`, { as, body: { decision: 'APPROVE' } });
  expect(await place.site.turn()).toBe(60);
  expect((await probeOf(place)).state).toBe('UP');
});

it('rotates its key pair, reports everything again, looks at once: as it is told, each acknowledged', async () => {
  const place = await newPlace();
  const { site, path } = place;
  site.holds(things(2));
  await site.turn();
  for (const kind of ['ROTATE', 'RESYNC', 'SCAN'])
    expect((await call(`POST ${path}/commands`, { as: msp.catalog, body: { kind } })).status).toBe(201);
  const key = site.memory.self().key;
  gate.faults.push(undefined, 'LOSE_ANSWER');
  await site.turn();
  expect(site.memory.self().key).toBe(key);
  site.start();
  await site.turn();
  expect(site.memory.self().key).not.toBe(key);
  expect(site.said).toContain('inventory 2: 2 managed, 0 waiting, 0 gone');
  await site.turn();
  expect(await probeOf(place)).toMatchObject({ state: 'UP', commands: [], clonedAt: null });
});

it('ends when it is revoked; with a new enrolment key it goes on where the probe was', async () => {
  const place = await newPlace();
  const { site, path } = place;
  const as = msp.catalog;
  site.holds(things(3));
  await site.turn();
  await call(`POST ${path}/revocation`, { as, body: {} });
  await expect(site.turn()).rejects.toThrow(/agent.revoked/);
  const { body } = await call(`POST ${path}/enrolment-key`, { as, body: {} });
  site.start({ key: 'qek.wrong' });
  await expect(site.turn()).rejects.toThrow(/agent.unauthenticated/);
  site.start({ key: body.enrolmentKey });
  site.holds(things(3, 3));
  await site.turn();
  expect(await namesOf(place)).toEqual(['switch-3', 'switch-4', 'switch-5']);
  expect((await probeOf(place)).generation).toBe(2);
});

it('goes on with an empty folder and a new enrolment key, numbers and all', async () => {
  const place = await newPlace();
  const { site, path } = place;
  const as = msp.catalog;
  site.holds(things(2));
  await site.turn();
  site.stop();
  await call(`POST ${path}/revocation`, { as, body: {} });
  const { body } = await call(`POST ${path}/enrolment-key`, { as, body: {} });
  const other = newSite(gate, body.enrolmentKey);
  other.holds(things(3));
  await other.turn();
  expect(other.probe.isSaid()).toBe(true);
  expect(await namesOf(place)).toEqual(['switch-1', 'switch-2', 'switch-3']);
  expect(await probeOf(place)).toMatchObject({
    usage: { counts: { DEVICE: 3 } },
    inventory: { sequence: 1 },
  });
});

it('goes on with an older copy of its folder: raises the count, reports everything again', async () => {
  const place = await newPlace();
  const { site } = place;
  site.holds(things(2));
  await site.turn();
  const copy = newDir();
  site.stop();
  cpSync(join(site.dir, 'state'), copy, { recursive: true });
  site.start();
  site.holds(things(4));
  await site.turn();
  site.stop();
  rmSync(join(site.dir, 'state'), { recursive: true });
  cpSync(copy, join(site.dir, 'state'), { recursive: true });
  site.start();
  site.holds({ 'id-1': 'switch-1', 'id-9': 'switch-9' });
  await site.turn();
  await site.turn();
  expect(site.probe.isSaid()).toBe(true);
  expect(await probeOf(place)).toMatchObject({
    state: 'UP',
    clonedAt: null,
    usage: { counts: { DEVICE: 2 } },
  });
  // What only the newer folder knew of stays, for nobody can say that it is gone.
  expect(await namesOf(place)).toEqual(['switch-1', 'switch-3', 'switch-4', 'switch-9']);
});

it('is flagged where its folder is used on another machine', async () => {
  const place = await newPlace();
  await place.site.turn();
  place.site.start({ host: 'another-machine-altogether' });
  await expect(place.site.turn()).rejects.toThrow(/agent.cloned/);
  expect((await probeOf(place)).clonedAt).not.toBeNull();
});

it('takes nothing for gone that it could not see, and leaves out what is no thing', async () => {
  const place = await newPlace();
  const { site } = place;
  site.holds(things(2));
  await site.turn();
  rmSync(site.file);
  await site.turn();
  expect(site.said.at(-1)).toMatch(/could not look: ENOENT/);
  writeFileSync(site.file, 'kind,name\r\nDEVICE,x\r\n');
  await site.turn();
  expect(site.said.at(-1)).toMatch(/has no column type, externalId/);
  expect(await namesOf(place)).toHaveLength(2);
  const rows = [
    'DEVICE,id-1,switch-1',
    'TOASTER,t,t',
    'DEVICE,,x',
    'DEVICE,y,a\u202eb',
    'DEVICE,id-2,"core, 2"',
  ];
  writeFileSync(site.file, `\ufefftype,externalId,name\n${rows.join('\n')}\n`);
  await site.turn();
  expect(site.said.filter((line) => line.includes('is left out'))).toHaveLength(3);
  expect(await namesOf(place)).toEqual(['core, 2', 'switch-1']);
});

it('cuts a large inventory into reports that are taken', async () => {
  const place = await newPlace();
  const { site } = place;
  site.holds(things(620));
  await site.turn();
  expect(await probeOf(place)).toMatchObject({
    usage: { counts: { DEVICE: 620 } },
    inventory: { sequence: 2, complete: true },
  });
});

it('tells what is gone and renamed also where the probe has as many things as it can have', async () => {
  const place = await newPlace();
  const { site } = place;
  site.holds(things(3));
  await site.turn();
  const { id, customerId } = await probeOf(place);
  const fill = async (items: number) => {
    const amend = { do: 'amend', key: pulseKey(customerId, id), set: { items }, where: {} } as const;
    await commit([amend], randomUUID(), Date.now() + 5000);
  };
  await fill(10_000);
  site.holds({ 'id-1': 'core-1', ...things(2, 3), ...things(3, 7) });
  await site.turn();
  expect(site.said.at(-2)).toMatch(/agent.too_many_items/);
  expect(site.said.at(-1)).toBe('inventory 2: 1 managed, 0 waiting, 1 gone');
  expect(await namesOf(place)).toEqual(['core-1', 'switch-3']);
  await fill(2);
  await site.turn();
  expect(await namesOf(place)).toEqual([
    'core-1',
    'switch-3',
    'switch-4',
    'switch-7',
    'switch-8',
    'switch-9',
  ]);
});

it('comes to what there is, whatever is lost on the way and whenever it is restarted', async () => {
  const fault = fc.option(fc.constantFrom<Fault>('LOSE_CALL', 'LOSE_ANSWER', 429, 503), { freq: 2 });
  const found = fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd'), fc.constantFrom('one', 'two'));
  const step = fc.record({ found, faults: fc.array(fault, { maxLength: 4 }), restart: fc.boolean() });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 6 }), async (steps) => {
      const place = await newPlace();
      const { site } = place;
      for (const { found: names, faults, restart } of steps) {
        site.holds(names);
        gate.faults.push(...faults.map((one) => one ?? undefined));
        await site.turn();
        gate.faults.length = 0;
        if (restart) site.start();
      }
      await site.turn();
      await site.turn();
      expect(site.probe.isSaid()).toBe(true);
      const names = Object.values(steps.at(-1)?.found ?? {});
      expect(await namesOf(place)).toEqual(names.sort());
      const { usage, clonedAt, outages } = await probeOf(place);
      expect([usage.counts.DEVICE ?? 0, clonedAt, outages]).toEqual([names.length, null, 0]);
      site.stop();
    }),
    { numRuns: 15 },
  );
});
