import { beforeAll, describe, expect, it, vi } from 'vitest';
import { commit, get } from '../../lib/aws/db.ts';
import { ask } from '../../lib/aws/dynamo.ts';
import { toAttributes } from '../../lib/aws/item.ts';
import { newId } from '../../lib/aws/world.ts';
import { machinePulseKey, nodeKey } from '../../lib/kit/keys.ts';
import { newAgent, newHost } from '../kit/agent.ts';
import { sizeOf } from '../kit/cost.ts';
import { newMachine, type Office, openOffice, programs } from '../kit/machine.ts';
import { addCustomer, call, enlist, type Msp, makeMsp } from '../kit/world.ts';
import { announcedBy } from '../licensing/desk.ts';

let msp: Msp;
beforeAll(async () => {
  msp = await makeMsp();
});

const freshOffice = async (more?: Parameters<typeof openOffice>[2]): Promise<Office> =>
  openOffice(msp, await addCustomer(msp), more);
const after = (milliseconds: number) => vi.setSystemTime(Date.now() + milliseconds);

describe('a machine', () => {
  it('enrols with a package: into its group, on a seat of its product', async () => {
    const office = await freshOffice();
    const group = await call(`POST ${office.path}/machine-groups`, {
      as: office.as,
      body: { name: 'Servers' },
    });
    const { token, id: packageId } = await office.pack({ groupId: group.body.id });
    const machine = newMachine();
    const { status, body } = await machine.enrol(token, { name: 'web-1' });
    expect(status).toBe(200);
    expect(body).toMatchObject({ groupId: group.body.id, intervalSeconds: 300 });
    const seen = await office.see(machine.machineId);
    expect(seen.body).toMatchObject({
      ...{ id: machine.machineId, name: 'web-1', packageId, productId: office.product.id },
      ...{ groupId: group.body.id, platform: 'LINUX', state: 'ONLINE', osVersion: 'Debian 13' },
      ...{ agentVersion: null, clonedAt: null, inventorySequence: 0 },
    });
    const held = await call(`GET ${office.path}/products/${office.product.id}/seats`, { as: msp.reader });
    expect(held.body.items).toEqual([expect.objectContaining({ machineRef: machine.machineId })]);
    const counted = await call(`GET ${office.path}/machine-groups/${group.body.id}`, { as: office.as });
    expect(counted.body.machines).toBe(1);
    const events = await announcedBy(customerOf(office));
    expect(events.filter(({ type }) => type === 'endpoints.machine_enrolled.v1')).toEqual([
      expect.objectContaining({ subject: machine.machineId }),
    ]);
  });

  it('that gets no answer asks again, and is answered the same: one machine, one seat, one use', async () => {
    const office = await freshOffice();
    const machine = newMachine();
    const { token } = await office.pack({ mostUses: 1 });
    const first = await machine.enrol(token, { name: 'once' });
    const again = await machine.enrol(token, { name: 'once' });
    expect(again).toMatchObject({ status: 200, body: first.body });
    expect((await office.list()).body.items).toHaveLength(1);
    // Another key pair finds the package used up, and the same one on another host is another machine.
    expect((await newMachine().enrol(token)).body.code).toBe('agent.unauthenticated');
    const copy = newMachine(newAgent({ privateKey: machine.agent.privateKey, host: newHost() }));
    expect((await copy.enrol(token)).body.code).toBe('agent.unauthenticated');
  });

  it('is told what is due, by the clock alone', async () => {
    const office = await freshOffice();
    const machine = await office.enrolled();
    const first = await machine.heartbeat();
    expect(first.body).toMatchObject({
      ...{ machineId: machine.machineId, updates: true, intervalSeconds: 300 },
      ...{ policyVersion: 'built-in.0', commands: ['INVENTORY'], inventorySequence: 0 },
    });
    expect((await machine.report(1)).body).toEqual({ accepted: true, sequence: 1 });
    expect((await machine.heartbeat()).body.commands).toEqual([]);
    vi.useFakeTimers({ toFake: ['Date'] });
    try {
      after(86_400_000);
      expect((await machine.heartbeat()).body.commands).toEqual(['INVENTORY']);
      after(90 * 86_400_000);
      expect((await machine.heartbeat()).body.commands).toEqual(['INVENTORY', 'ROTATE']);
    } finally {
      vi.useRealTimers();
    }
  });

  it('is ONLINE until three heartbeats are missed, then OFFLINE, to the second', async () => {
    const office = await freshOffice();
    const { machineId } = await office.enrolled();
    const pulse = await get(machinePulseKey(customerOf(office), machineId), true);
    vi.useFakeTimers({ toFake: ['Date'] });
    try {
      vi.setSystemTime(Date.parse(String(pulse?.seenAt)) + 900_000);
      expect((await office.see(machineId)).body.state).toBe('ONLINE');
      after(1);
      expect((await office.see(machineId)).body.state).toBe('OFFLINE');
      expect((await office.list('?state=ONLINE')).body.items).toEqual([]);
      expect((await office.list('?state=OFFLINE')).body.items).toHaveLength(1);
    } finally {
      vi.useRealTimers();
    }
  });

  it('reads the policy of its group; a heartbeat tells of another one within half a minute', async () => {
    const office = await freshOffice();
    const machine = await office.enrolled();
    const builtIn = await machine.policy();
    expect(builtIn.body).toMatchObject({
      policyVersion: 'built-in.0',
      updates: true,
      policy: { policyId: null },
    });
    const { document } = builtIn.body.policy;
    const made = await call(`POST ${office.path}/policies`, {
      as: office.as,
      body: { name: 'Kiosks', document: { ...document, usb: { mode: 'BLOCK' } } },
    });
    const { groupId } = builtIn.body;
    const given = await call(`PATCH ${office.path}/machine-groups/${groupId}`, {
      as: office.as,
      body: { policyId: made.body.id },
      headers: { 'if-match': '*' },
    });
    expect(given.status).toBe(200);
    vi.useFakeTimers({ toFake: ['Date'] });
    try {
      after(30_001);
      expect((await machine.heartbeat()).body.policyVersion).toBe(`${made.body.id}.1`);
    } finally {
      vi.useRealTimers();
    }
    const read = await machine.policy();
    expect(read.body).toMatchObject({
      policyVersion: `${made.body.id}.1`,
      policy: { groupId, document: { usb: { mode: 'BLOCK' } } },
    });
  });

  it('without a running licence goes on, without updates, and no other one enrols', async () => {
    const office = await freshOffice();
    const machine = await office.enrolled();
    await office.licences.remove(office.subscriptionId);
    expect((await machine.policy()).body).toMatchObject({ updates: false, policyVersion: 'built-in.0' });
    expect((await machine.heartbeat()).body).toMatchObject({ updates: false });
    const refused = await newMachine().enrol(office.token);
    expect(refused).toMatchObject({ status: 409, body: { code: 'endpoints.no_seat', used: 1, limit: 0 } });
    expect((await office.see(machine.machineId)).status).toBe(200);
  });
});

describe('an inventory', () => {
  it('is kept as a whole; one that is late or comes again changes nothing', async () => {
    const office = await freshOffice();
    const machine = await office.enrolled();
    expect((await office.see(machine.machineId, '/inventory')).body).toMatchObject({
      ...{ sequence: 0, reportedAt: null, programs: [] },
    });
    expect((await machine.report(5, { programs: programs(200) })).body).toEqual({
      accepted: true,
      sequence: 5,
    });
    for (const late of [5, 4, 1])
      expect((await machine.report(late, { hostname: 'late' })).body).toEqual({
        accepted: false,
        sequence: 5,
      });
    const { body, headers } = await office.see(machine.machineId, '/inventory');
    expect(body).toMatchObject({ sequence: 5, hostname: 'pc-17.contoso.example', agentVersion: 'test/1' });
    expect(body.programs).toHaveLength(200);
    expect(headers.etag).toBe('"5"');
    expect((await office.see(machine.machineId)).body).toMatchObject({
      ...{ osVersion: 'Debian 13.2', agentVersion: 'test/1', inventorySequence: 5 },
    });
  });

  it('has at most 200 programs and 14,000 bytes of them, each a line', async () => {
    const machine = await (await freshOffice()).enrolled();
    const wrong: readonly [unknown, string][] = [
      [programs(201), '#/programs'],
      [Array.from({ length: 200 }, () => ({ name: '漢'.repeat(30) })), '#/programs'],
      [[{ name: 'two\nlines' }], '#/programs/0/name'],
      [[{ name: '=cmd', price: 1 }], '#/programs/0/price'],
    ];
    for (const [list, pointer] of wrong) {
      const { status, body } = await machine.report(1, { programs: list });
      expect(status).toBe(400);
      expect(body.errors[0].pointer).toBe(pointer);
    }
    expect((await machine.report(1)).body.accepted).toBe(true);
  });

  it('that was noted but not kept is kept when it comes again', async () => {
    const office = await freshOffice();
    const machine = await office.enrolled();
    const key = machinePulseKey(customerOf(office), machine.machineId);
    await commit([{ do: 'amend', key, set: { inventory: 1 }, where: {} }], 'noted', Date.now() + 5000);
    expect((await office.see(machine.machineId, '/inventory')).body.sequence).toBe(0);
    expect((await machine.report(1)).body).toEqual({ accepted: true, sequence: 1 });
    expect((await office.see(machine.machineId, '/inventory')).body.sequence).toBe(1);
  });

  it('leaves numbers for those to come: a million above the last one is too far', async () => {
    const office = await freshOffice();
    const machine = await office.enrolled();
    expect((await machine.report(7)).status).toBe(200);
    for (const sequence of [Number.MAX_SAFE_INTEGER, 1_000_008])
      expect(await machine.report(sequence)).toMatchObject({
        status: 422,
        body: { code: 'agent.sequence_too_far', sequence: 7 },
      });
    expect((await machine.report(1_000_007)).body).toEqual({ accepted: true, sequence: 1_000_007 });
    expect((await machine.report(8)).body).toEqual({ accepted: false, sequence: 1_000_007 });
  });
});

it('a pulse is below 1 KB whatever the machine says of itself: a heartbeat stays 1 WCU', async () => {
  const office = await freshOffice();
  const machine = newMachine(newAgent({ host: 'h'.repeat(64) }));
  const wide = '𝕎'.repeat(20);
  expect((await machine.enrol(office.token, { osVersion: wide })).status).toBe(200);
  const key = machinePulseKey(customerOf(office), machine.machineId);
  const last = Number.MAX_SAFE_INTEGER - 1;
  await commit([{ do: 'amend', key, set: { inventory: last }, where: {} }], 'last', Date.now() + 5000);
  const told = await machine.report(last + 1, { osVersion: wide, agentVersion: wide.slice(0, 20) });
  expect(told.body.accepted).toBe(true);
  await machine.agent.send('POST /v1/machine/rotate', { publicKey: newAgent().publicKey });
  const { certificate, privateKey } = machine.agent;
  const copy = newMachine(newAgent({ certificate, privateKey, host: newHost(), count: 99 }));
  expect((await copy.heartbeat()).body.code).toBe('agent.cloned');
  const count = Number.MAX_SAFE_INTEGER;
  expect((await machine.heartbeat({ count })).status).toBe(200);
  const pulse = await get(key, true);
  expect(pulse).toMatchObject({ count, previous: 1, clonedAt: expect.any(String) });
  expect(sizeOf(toAttributes(pulse ?? {}))).toBeLessThanOrEqual(1024);
});

describe('people', () => {
  it('rename a machine and move it: both groups count, the policy follows', async () => {
    const office = await freshOffice();
    const machine = await office.enrolled();
    const group = await call(`POST ${office.path}/machine-groups`, { as: office.as, body: { name: 'Labs' } });
    const seen = await office.see(machine.machineId);
    const moved = await office.change(
      machine.machineId,
      { name: 'lab-1', groupId: group.body.id },
      { 'if-match': seen.headers.etag ?? '' },
    );
    expect(moved).toMatchObject({ status: 200, body: { name: 'lab-1', groupId: group.body.id } });
    expect((await machine.policy()).body.groupId).toBe(group.body.id);
    const counts = (await call(`GET ${office.path}/machine-groups`, { as: office.as })).body.items;
    expect(counts.map(({ machines }: { machines: number }) => machines)).toEqual([0, 1]);
    const stale = await office.change(
      machine.machineId,
      { name: 'x' },
      { 'if-match': seen.headers.etag ?? '' },
    );
    expect(stale.status).toBe(412);
    const same = await office.change(machine.machineId, {});
    expect(same).toMatchObject({ status: 200, body: { name: 'lab-1' }, headers: { etag: '"2"' } });
    expect((await office.list(`?groupId=${group.body.id}`)).body.items).toHaveLength(1);
    expect((await office.list(`?groupId=${seen.body.groupId}`)).body.items).toEqual([]);
    const nowhere = await office.change(machine.machineId, { groupId: newId('machineGroup', Date.now()) });
    expect(nowhere).toMatchObject({ status: 422, body: { code: 'endpoints.group_unknown' } });
  });

  it('remove a machine: its seat is free, its certificate out at the next call, and it may enrol anew', async () => {
    const office = await freshOffice({ seats: 1 });
    const machine = await office.enrolled();
    expect((await newMachine().enrol(office.token)).body.code).toBe('endpoints.no_seat');
    const preview = await office.remove(machine.machineId, '?dryRun=true');
    expect(preview.status).toBe(200);
    expect((await machine.heartbeat()).status).toBe(200);
    expect((await office.remove(machine.machineId, '', { 'if-match': '"9"' })).status).toBe(412);
    expect((await office.remove(machine.machineId)).status).toBe(204);
    const out = await machine.heartbeat();
    expect(out).toMatchObject({
      ...{ status: 401, body: { code: 'agent.revoked', commands: ['UNENROL'] } },
    });
    for (const call of [machine.policy, () => machine.report(1)])
      expect((await call()).body.code).toBe('agent.revoked');
    expect((await office.see(machine.machineId)).status).toBe(404);
    expect((await office.see(machine.machineId, '/inventory')).status).toBe(404);
    expect((await office.remove(machine.machineId)).status).toBe(404);
    expect((await office.change(machine.machineId, { name: 'x' })).status).toBe(404);
    const before = machine.machineId;
    expect((await machine.enrol(office.token)).status).toBe(200);
    expect(machine.machineId).not.toBe(before);
  });

  it('see only their own machines; a machine’s seat is freed with the machine alone', async () => {
    const office = await freshOffice();
    const { machineId } = await office.enrolled();
    const other = await addCustomer(msp);
    for (const path of [
      `${office.path}/machines/${machineId}`,
      `/v1/customers/${other.id}/machines/${machineId}`,
    ])
      expect((await call(`GET ${path}`, { as: other.admin })).status).toBe(404);
    const freed = await office.licences.free(machineId);
    expect(freed).toMatchObject({ status: 409, body: { code: 'licensing.seat_of_machine' } });
    const taken = await office.licences.take(newId('machine', Date.now()));
    expect(taken).toMatchObject({ status: 409, body: { code: 'licensing.seat_of_machine' } });
    const operator = await enlist(customerOf(office), ['CUSTOMER_OPERATOR']);
    const path = `${office.path}/machines/${machineId}`;
    expect((await call(`GET ${path}`, { as: operator })).status).toBe(200);
    expect((await call(`DELETE ${path}`, { as: operator, headers: { 'if-match': '*' } })).status).toBe(403);
  });

  it('of a customer that is gone have no machines: theirs are told to uninstall', async () => {
    const office = await freshOffice();
    const machine = await office.enrolled();
    const { PK, SK } = nodeKey(customerOf(office));
    await ask('DeleteItem', { TableName: process.env.TABLE_NAME, Key: { PK: { S: PK }, SK: { S: SK } } });
    expect((await machine.policy()).body).toMatchObject({ code: 'agent.revoked', commands: ['UNENROL'] });
    expect((await machine.heartbeat()).body).toMatchObject({ code: 'agent.revoked', commands: ['UNENROL'] });
    expect((await newMachine().enrol(office.token)).body.code).toBe('agent.unauthenticated');
  });
});

const customerOf = ({ path }: Pick<Office, 'path'>) => path.split('/').at(-1) ?? '';
