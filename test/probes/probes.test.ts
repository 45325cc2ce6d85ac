import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { commit, get } from '../../lib/aws/db.ts';
import { everything } from '../../lib/aws/scan.ts';
import { newId } from '../../lib/aws/world.ts';
import { probeCountsKey, probeKey, pulseKey } from '../../lib/kit/keys.ts';
import { toProbeCounts } from '../../lib/probes/census.ts';
import { flagClone } from '../../lib/probes/key-pair.ts';
import { goDown } from '../../lib/probes/lifecycle.ts';
import { type Probe, probeItem } from '../../lib/probes/probe.ts';
import { probeOf } from '../../lib/probes/store.ts';
import { any, plantReseller } from '../kit/forest.ts';
import { ownTable } from '../kit/own-table.ts';
import { addCustomer, type Caller, call, type Msp, makeMsp } from '../kit/world.ts';
import { type Added, add, enrolBelow, pulseOf, retireNow, turn } from './scene.ts';

let msp: Msp;
let customer: { id: string; admin: Caller };
ownTable();
beforeAll(async () => {
  msp = await makeMsp();
  customer = await addCustomer(msp);
});

const root = (id = customer.id) => `/v1/customers/${id}/probes`;
const fresh = () => add(msp.catalog, customer.id);
const post = (probe: Added, rest: string, body?: unknown, as = msp.catalog) =>
  call(`POST ${probe.path}/${rest}`, { as, body });
const patch = (probe: Added, body: unknown, headers: Record<string, string> = any) =>
  call(`PATCH ${probe.path}`, { as: msp.catalog, body, headers });
const read = async (probe: Added) => (await call(`GET ${probe.path}`, { as: msp.reader })).body;
const counted = async (id: string) => {
  const item = await get(probeCountsKey(id), true);
  return { ...toProbeCounts(item), live: Number(item?.live) };
};
const wrongState = (state: string) => ({ status: 409, body: { code: 'probes.wrong_state', state } });

describe('adding a probe', () => {
  it('ends at 500 that are not retired', async () => {
    const own = await addCustomer(msp);
    const first = await add(msp.catalog, own.id);
    const more = (live: number) => ({
      ...{ do: 'adjust' as const, key: probeCountsKey(own.id), add: { live } },
    });
    await commit([more(498)], randomUUID(), Date.now() + 5000);
    await add(msp.catalog, own.id);
    const send = () => call(`POST ${root(own.id)}`, { as: msp.catalog, body: { name: randomUUID() } });
    expect(await send()).toMatchObject({ status: 409, body: { code: 'probes.too_many', most: 500 } });
    expect((await retireNow(msp.catalog, first)).status).toBe(202);
    expect((await send()).status).toBe(201);
    expect((await send()).status).toBe(409);
  });

  it('that is retired is forgotten after 90 days, so that nothing is read for ever', async () => {
    const probe = await fresh();
    const before = Date.now() / 1000;
    await retireNow(msp.catalog, probe);
    const rows = await Promise.all([
      get(probeKey(customer.id, probe.id), true),
      get(pulseKey(customer.id, probe.id), true),
    ]);
    for (const row of rows) expect(Math.abs(Number(row?.expiresAt) - before - 90 * 86_400)).toBeLessThan(60);
  });

  it('answers it with a key that is shown once', async () => {
    const key = randomUUID();
    const proxy = { host: 'proxy', port: 3128, user: 'qm', secretRef: 'env:PROXY_PASSWORD' };
    const nat = { host: '2001:db8::1', port: 443, protocol: 'HTTPS' };
    const sent = { as: msp.catalog, body: { name: ' Head  office ', proxy, nat }, key };
    const made = await call(`POST ${root()}`, sent);
    expect(made).toMatchObject({
      status: 201,
      headers: { etag: '"1"', location: `${root()}/${made.body.id}` },
      body: { name: 'Head  office', proxy, nat, state: 'CREATED', generation: 0, seenAt: null, commands: [] },
    });
    expect(made.body.enrolmentKey).toMatch(
      new RegExp(`^qek\\.${customer.id}\\.${made.body.id}\\.[A-Za-z0-9_-]{43}$`),
    );
    const again = await call(`POST ${root()}`, sent);
    expect(again.headers['idempotent-replayed']).toBe('true');
    expect(again.body).toEqual({ ...made.body, enrolmentKey: null });
    const { enrolmentKey: _shown, ...rest } = made.body;
    const seen = await call(`GET ${root()}/${made.body.id}`, { as: msp.reader });
    expect(seen).toMatchObject({ headers: { etag: '"1"' } });
    expect(seen.body).toEqual(rest);
  });

  it('takes names that are free, of sixty characters at most', async () => {
    const name = `Branch ${randomUUID().slice(0, 8)}`;
    const probe = await add(msp.catalog, customer.id, { name });
    const twin = { as: msp.catalog, body: { name: name.toUpperCase() } };
    const taken = { status: 409, body: { code: 'probes.name_taken' } };
    expect(await call(`POST ${root()}`, twin)).toMatchObject(taken);
    expect(await call(`POST ${root()}?dryRun=true`, twin)).toMatchObject(taken);
    const other = await fresh();
    expect(await patch(other, { name })).toMatchObject(taken);
    const elsewhere = await addCustomer(msp);
    await add(msp.catalog, elsewhere.id, { name });
    expect((await patch(probe, { name: name.toUpperCase() })).body.name).toBe(name.toUpperCase());
    expect((await patch(probe, { name: `${name} 2` })).status).toBe(200);
    expect((await patch(other, { name })).status).toBe(200);
  });

  it('says which field is wrong', async () => {
    const good = { name: 'x', proxy: { host: 'proxy.example.com', port: 3128 } };
    const cases: [unknown, string][] = [
      [{ name: '' }, '/name'],
      [{ name: 'n'.repeat(61) }, '/name'],
      [{ name: 'see www.example.com' }, '/name'],
      [{ ...good, proxy: { host: 'proxy.example.com', port: 0 } }, '/proxy/port'],
      [{ ...good, proxy: { host: 'proxy.example.com', port: 65536 } }, '/proxy/port'],
      [{ ...good, proxy: { host: 'http://proxy', port: 1 } }, '/proxy/host'],
      [{ ...good, proxy: { host: 'a b', port: 1 } }, '/proxy/host'],
      [{ ...good, proxy: { ...good.proxy, user: 'a:b' } }, '/proxy/user'],
      [{ ...good, proxy: { ...good.proxy, secretRef: 'hunter2' } }, '/proxy/secretRef'],
      [{ ...good, proxy: { ...good.proxy, password: 'hunter2' } }, '/proxy'],
      [{ ...good, nat: { host: '10.0.0.1', port: 443, protocol: 'FTP' } }, '/nat/protocol'],
      [{ ...good, state: 'UP' }, ''],
    ];
    for (const [body, pointer] of cases) {
      const { status, body: refused } = await call(`POST ${root()}`, { as: msp.catalog, body });
      expect(status, JSON.stringify(body)).toBe(400);
      expect(refused.errors[0].pointer, JSON.stringify(body)).toContain(pointer);
    }
  });

  it('is rehearsed without a key and without a trace', async () => {
    const before = await counted(customer.id);
    const name = randomUUID();
    const told = await call(`POST ${root()}?dryRun=true`, { as: msp.catalog, body: { name } });
    expect(told).toMatchObject({ status: 200, body: { name, enrolmentKey: null } });
    expect(await counted(customer.id)).toEqual(before);
    await add(msp.catalog, customer.id, { name });
  });

  it('counts each once, however many are added at a time, and lets one of twenty have a name', async () => {
    const { id } = await addCustomer(msp);
    const name = 'The only one';
    const send = (body: unknown) => call(`POST ${root(id)}`, { as: msp.catalog, body });
    const twenty = await Promise.all(Array.from({ length: 20 }, () => send({ name })));
    expect(twenty.filter(({ status }) => status === 201)).toHaveLength(1);
    const others = await Promise.all(Array.from({ length: 8 }, (_, n) => send({ name: `Probe ${n}` })));
    const made = others.filter(({ status }) => status === 201).length + 1;
    expect(await counted(id)).toMatchObject({ CREATED: made, live: made });
    const listed = await call(`GET ${root(id)}`, { as: msp.reader });
    expect(listed.body.items).toHaveLength(made);
  });
});

describe('who may', () => {
  it('reads with any role at the customer or above; the customer’s administrators add', async () => {
    const probe = await add(customer.admin, customer.id);
    expect((await call(`GET ${probe.path}`, { as: customer.admin })).status).toBe(200);
    expect((await call(`POST ${root()}`, { as: msp.reader, body: { name: 'x' } })).status).toBe(403);
    await enrolBelow(probe, 'MANUAL');
    const decision = { decision: 'APPROVE' };
    expect((await post(probe, 'approval', decision, customer.admin)).status).toBe(403);
    expect((await post(probe, 'approval', decision)).status).toBe(200);
  });

  it('finds nothing of another customer, provider or reseller', async () => {
    const probe = await fresh();
    const [stranger, branch, sibling] = await Promise.all([makeMsp(), plantReseller(msp), addCustomer(msp)]);
    for (const as of [stranger.catalog, branch.admin, sibling.admin]) {
      for (const line of [`GET ${probe.path}`, `GET ${root()}`, `POST ${probe.path}/enrolment-key`]) {
        expect(await call(line, { as })).toMatchObject({
          status: 404,
          body: { code: 'resource.not_found' },
        });
      }
    }
    const elsewhere = `${root(sibling.id)}/${probe.id}`;
    const missing = `${root(sibling.id)}/${newId('probe', Date.now())}`;
    for (const path of [elsewhere, missing]) {
      expect((await call(`GET ${path}`, { as: msp.catalog })).status).toBe(404);
      expect((await call(`DELETE ${path}`, { as: msp.catalog, headers: any })).status).toBe(404);
      expect((await call(`POST ${path}/revocation`, { as: msp.catalog, body: {} })).status).toBe(404);
    }
  });
});

describe('a probe that is set up', () => {
  it('is changed three ways, bound to what was seen, and its agent is told', async () => {
    const nat = { host: 'central.example.com', port: 443, protocol: 'HTTPS' };
    const probe = await add(msp.catalog, customer.id, { nat, proxy: { host: 'proxy', port: 1 } });
    const changed = await patch(
      probe,
      { nat: null, proxy: { host: 'other', port: 2 } },
      { 'if-match': '"1"' },
    );
    expect(changed).toMatchObject({
      status: 200,
      headers: { etag: '"2"' },
      body: { nat: null, proxy: { host: 'other', port: 2 }, configVersion: 2 },
    });
    expect((await patch(probe, {}, { 'if-match': '"1"' })).status).toBe(412);
    expect((await patch(probe, {}, {})).status).toBe(428);
    await enrolBelow(probe);
    expect(await read(probe)).toMatchObject({ state: 'UP', generation: 1, configVersion: 2 });
    expect((await patch(probe, { name: randomUUID() }, { 'if-match': '"2"' })).status).toBe(200);
  });

  it('stands in pages, oldest first, and by its state', async () => {
    const { id } = await addCustomer(msp);
    const made: Added[] = [];
    for (let n = 0; n < 7; n++) made.push(await add(msp.catalog, id));
    await enrolBelow(made[2] as Added);
    await retireNow(msp.catalog, made[4] as Added);
    const walk = async (query: string) => {
      const ids: string[] = [];
      for (let cursor = ''; ; ) {
        const { body } = await call(`GET ${root(id)}?limit=2${query}${cursor}`, { as: msp.reader });
        ids.push(...body.items.map((one: { id: string }) => one.id));
        if (!body.nextCursor) return ids;
        cursor = `&cursor=${encodeURIComponent(body.nextCursor)}`;
      }
    };
    const ids = made.map((one) => one.id);
    expect(await walk('')).toEqual(ids.filter((_, n) => n !== 4));
    expect(await walk('&state=UP')).toEqual([ids[2]]);
    expect(await walk('&state=RETIRED')).toEqual([ids[4]]);
  });
});

it('a list leaves out a probe of which one row alone is seen, and no other one', async () => {
  const { id } = await addCustomer(msp);
  const torn = { ...(await probeOf(id, (await add(msp.catalog, id)).id))?.probe } as Probe;
  const lone = { ...torn, id: newId('probe', Date.now()) };
  await commit([{ do: 'create', item: probeItem(lone) }], randomUUID(), Date.now() + 5000);
  await new Promise((resolve) => setTimeout(resolve, 2));
  const last = await add(msp.catalog, id);
  const seen: string[] = [];
  for (let cursor = ''; ; ) {
    const { body } = await call(`GET ${root(id)}?limit=1${cursor}`, { as: msp.reader });
    seen.push(...body.items.map((one: { id: string }) => one.id));
    if (!body.nextCursor) break;
    cursor = `&cursor=${encodeURIComponent(body.nextCursor)}`;
  }
  expect(seen).toEqual([torn.id, last.id]);
});

describe('commands', () => {
  it('wait once for each kind, for a probe in service', async () => {
    const probe = await fresh();
    expect(await post(probe, 'commands', { kind: 'SCAN' })).toMatchObject(wrongState('CREATED'));
    await enrolBelow(probe);
    const scan = await post(probe, 'commands', { kind: 'SCAN' });
    expect(scan).toMatchObject({ status: 201, body: { kind: 'SCAN' } });
    expect(await post(probe, 'commands', { kind: 'SCAN' })).toMatchObject({ status: 200, body: scan.body });
    const both = await Promise.all(['ROTATE', 'RESYNC'].map((kind) => post(probe, 'commands', { kind })));
    expect(both.map(({ status }) => status)).toEqual([201, 201]);
    const { commands } = await read(probe);
    expect(commands.map(({ kind }: { kind: string }) => kind).sort()).toEqual(['RESYNC', 'ROTATE', 'SCAN']);
    expect((await post(probe, 'commands', { kind: 'REBOOT' })).status).toBe(400);
  });
});

describe('retiring', () => {
  it('takes a probe that is up only by force, frees its name and leaves it listed', async () => {
    const name = randomUUID();
    const probe = await add(msp.catalog, customer.id, { name });
    await enrolBelow(probe);
    const before = await counted(customer.id);
    const refused = { status: 409, body: { code: 'probes.still_up' } };
    expect(await retireNow(msp.catalog, probe)).toMatchObject(refused);
    expect(await retireNow(msp.catalog, probe, '?force=true', '"7"')).toMatchObject({ status: 412 });
    const told = await retireNow(msp.catalog, probe, '?force=true&dryRun=true');
    expect(told).toMatchObject({ status: 200, body: { state: 'RETIRED' } });
    const retired = await retireNow(msp.catalog, probe, '?force=true', '"1"');
    expect(retired).toMatchObject({ status: 202, body: { state: 'RETIRED', commands: [] } });
    const after = await counted(customer.id);
    expect(after).toEqual({ ...before, UP: before.UP - 1, live: before.live - 1 });
    const work = await call(`GET ${retired.headers.location}`, { as: msp.reader });
    expect(work.body).toMatchObject({ probeId: probe.id, state: 'Requested', deleted: 0, freed: 0 });
    const { operationId } = retired.body;
    expect(retired.headers.location).toBe(`/v1/customers/${customer.id}/probe-operations/${operationId}`);
    expect(await read(probe)).toMatchObject({ name, state: 'RETIRED', operationId, enrolmentUntil: null });
    await add(msp.catalog, customer.id, { name });
  });

  it('is for good', async () => {
    const probe = await fresh();
    expect((await retireNow(msp.catalog, probe)).status).toBe(202);
    const out = wrongState('RETIRED');
    expect(await retireNow(msp.catalog, probe)).toMatchObject(out);
    expect(await patch(probe, { name: 'Another' })).toMatchObject(out);
    expect(await post(probe, 'enrolment-key')).toMatchObject(out);
    expect(await post(probe, 'approval', { decision: 'APPROVE' })).toMatchObject(out);
    expect(await post(probe, 'revocation', {})).toMatchObject(out);
    expect(await post(probe, 'commands', { kind: 'SCAN' })).toMatchObject(out);
    await expect(enrolBelow(probe)).rejects.toThrow('REFUSED');
  });

  it('says of other work that there is none', async () => {
    const line = `GET /v1/customers/${customer.id}/probe-operations/${newId('operation', Date.now())}`;
    expect((await call(line, { as: msp.reader })).status).toBe(404);
  });

  it('comes before a customer is deleted, also where the probe was added meanwhile', async () => {
    const remove = (id: string) => call(`DELETE /v1/customers/${id}`, { as: msp.catalog, headers: any });
    const { id } = await addCustomer(msp);
    const probe = await add(msp.catalog, id);
    expect(await remove(id)).toMatchObject({
      status: 409,
      body: { code: 'customers.has_probes', probes: 1 },
    });
    await retireNow(msp.catalog, probe);
    const [gone, late] = await Promise.all([
      remove(id),
      call(`POST ${root(id)}`, { as: msp.catalog, body: { name: 'Late' } }),
    ]);
    expect([gone.status, late.status]).toSatisfy(
      ([one, two]) => (one === 204 && two === 404) || (one === 409 && two === 201),
    );
  });
});

describe('a new enrolment key', () => {
  it('is made for whoever has no working agent, and ends the one before', async () => {
    const probe = await fresh();
    const issued = await post(probe, 'enrolment-key');
    expect(issued.status).toBe(201);
    const second = { ...probe, key: issued.body.enrolmentKey };
    await expect(enrolBelow(probe)).rejects.toThrow('REFUSED');
    expect((await enrolBelow(second)).generation).toBe(1);
    expect(await post(probe, 'enrolment-key')).toMatchObject(wrongState('UP'));
    await turn(probe, (pulse, now) => flagClone(pulse, { why: 'ANOTHER_HOST', now }));
    const third = { ...probe, key: (await post(probe, 'enrolment-key')).body.enrolmentKey };
    expect(await read(probe)).toMatchObject({ state: 'UP', clonedAt: expect.any(String) });
    expect((await enrolBelow(third)).generation).toBe(2);
    expect(await read(probe)).toMatchObject({ state: 'UP', clonedAt: null });
    await turn(probe, (pulse) => goDown(pulse, { told: true }));
    expect((await post(probe, 'enrolment-key')).status).toBe(201);
  });

  it('stands nowhere, only its hash does', async () => {
    const probe = await fresh();
    const issued = (await post(probe, 'enrolment-key')).body.enrolmentKey;
    const secrets = [probe.key, issued].map((key) => key.split('.').at(-1));
    const items = await everything();
    expect(items.length).toBeGreaterThan(20);
    for (const item of items) {
      const text = JSON.stringify(item);
      for (const one of secrets) expect(text).not.toContain(one);
    }
    expect((await pulseOf(probe)).enrolment).toMatch(/^[\w-]{43}$/);
  });
});

describe('revoking', () => {
  it('ends key pairs and keys; a new key lets it in again', async () => {
    const probe = await fresh();
    const first = await post(probe, 'revocation', { reason: 'Lost on the way' });
    expect(first).toMatchObject({ status: 200, body: { state: 'REVOKED', enrolmentUntil: null } });
    await expect(enrolBelow(probe)).rejects.toThrow('REFUSED');
    expect(await post(probe, 'revocation', {})).toMatchObject(wrongState('REVOKED'));
    const second = { ...probe, key: (await post(probe, 'enrolment-key')).body.enrolmentKey };
    expect((await read(probe)).state).toBe('REVOKED');
    expect((await post(probe, 'revocation', {})).status).toBe(200);
    await expect(enrolBelow(second)).rejects.toThrow('REFUSED');
    const third = { ...probe, key: (await post(probe, 'enrolment-key')).body.enrolmentKey };
    await enrolBelow(third);
    expect((await post(probe, 'revocation', {})).body).toMatchObject({ state: 'REVOKED', generation: 1 });
  });
});
