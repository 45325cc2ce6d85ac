import { beforeAll, describe, expect, it, vi } from 'vitest';
import { get } from '../../lib/aws/db.ts';
import { secret } from '../../lib/aws/world.ts';
import { certify, readCertificate } from '../../lib/kit/certificate.ts';
import { packageKey } from '../../lib/kit/keys.ts';
import { agentHandler, enrolledAgent, newAgent, newHost, type TestAgent } from '../kit/agent.ts';
import { newMachine, type Office, openOffice } from '../kit/machine.ts';
import { type Answer, addCustomer, call, type Msp, makeMsp } from '../kit/world.ts';
import { announcedBy } from '../licensing/desk.ts';

let msp: Msp;
beforeAll(async () => {
  msp = await makeMsp();
});

const freshOffice = async (more?: Parameters<typeof openOffice>[2]): Promise<Office> =>
  openOffice(msp, await addCustomer(msp), more);
const customerOf = ({ path }: Pick<Office, 'path'>) => path.split('/').at(-1) ?? '';
const usesOf = async (office: Office, packageId = office.packageId) =>
  (await get(packageKey(customerOf(office), packageId), true))?.uses;
const codes = (answers: readonly Answer[]) => {
  const said = [...Map.groupBy(answers, ({ status, body }) => String(body.code ?? status))];
  return Object.fromEntries(said.map(([code, some]) => [code, some.length]));
};
const withSecret = (token: string, with_ = secret(32)) => token.replace(/[^.]+$/, with_);

describe('a package', () => {
  it('for one machine lets 50 that redeem it at once in once: one seat, one use', async () => {
    const office = await freshOffice({ seats: 60 });
    const { token, id } = await office.pack({ mostUses: 1 });
    const answers = await Promise.all(Array.from({ length: 50 }, () => newMachine().enrol(token)));
    expect(codes(answers)).toEqual({ 200: 1, 'agent.unauthenticated': 49 });
    expect((await office.list()).body.items).toHaveLength(1);
    expect(await office.licences.holding()).toMatchObject({ used: 1 });
    expect(await usesOf(office, id)).toBe(1);
  });

  it('lets no more in than there are seats, whoever comes at once; nothing is used up by those refused', async () => {
    const office = await freshOffice({ seats: 3 });
    const many = Array.from({ length: 12 }, () => newMachine());
    const answers = await Promise.all(many.map((one) => one.enrol(office.token)));
    expect(codes(answers)).toEqual({ 200: 3, 'endpoints.no_seat': 9 });
    expect(await usesOf(office)).toBe(3);
    expect(await office.licences.holding()).toMatchObject({ used: 3, remaining: 0 });
  });

  it('goes beyond the seats where an MSP licence meters that', async () => {
    const office = await freshOffice({ seats: 0 });
    expect((await newMachine().enrol(office.token)).body.code).toBe('endpoints.no_seat');
    await office.licences.give({ source: 'MSP', seats: 1 });
    for (let n = 0; n < 3; n++) await office.enrolled();
    expect(await office.licences.holding()).toMatchObject({ used: 3 });
  });

  it('is for its platform alone, and ends when it expires or is revoked', async () => {
    const office = await freshOffice();
    const { token } = await office.pack({ platform: 'WINDOWS' });
    const machine = newMachine();
    const wrong = await machine.enrol(token, { platform: 'LINUX' });
    expect(wrong).toMatchObject({
      ...{ status: 409, body: { code: 'endpoints.wrong_platform', platform: 'WINDOWS' } },
    });
    expect((await machine.enrol(token, { platform: 'WINDOWS' })).status).toBe(200);
    const { id, token: revoked } = await office.pack();
    await call(`POST ${office.path}/packages/${id}/revoke`, { as: office.as });
    expect((await newMachine().enrol(revoked)).body.code).toBe('agent.unauthenticated');
    const { token: brief } = await office.pack({ validDays: 1 });
    vi.useFakeTimers({ toFake: ['Date'] });
    try {
      vi.setSystemTime(Date.now() + 86_400_000 + 1000);
      expect((await newMachine().enrol(brief)).body.code).toBe('agent.unauthenticated');
      // Who has enrolled with it may still ask again.
      expect((await machine.enrol(token, { platform: 'WINDOWS' })).status).toBe(200);
    } finally {
      vi.useRealTimers();
    }
  });

  it('is void after five wrong secrets, and people are told once; right ones count nothing', async () => {
    const office = await freshOffice();
    for (let n = 0; n < 4; n++) await newMachine().enrol(withSecret(office.token));
    expect((await newMachine().enrol(office.token)).status).toBe(200);
    await newMachine().enrol(withSecret(office.token));
    expect((await newMachine().enrol(office.token)).body.code).toBe('agent.unauthenticated');
    for (let n = 0; n < 3; n++) await newMachine().enrol(withSecret(office.token));
    const told = (await announcedBy(customerOf(office))).filter(
      ({ type }) => type === 'endpoints.package_voided.v1',
    );
    expect(told).toEqual([expect.objectContaining({ subject: office.packageId, data: { refusals: 5 } })]);
    const { items } = (await call(`GET ${office.path}/packages`, { as: office.as })).body;
    expect(items[0].state).toBe('REVOKED');
  });

  it('whose group is gone leads to the default group', async () => {
    const office = await freshOffice();
    const made = await call(`POST ${office.path}/machine-groups`, { as: office.as, body: { name: 'Labs' } });
    const { token } = await office.pack({ groupId: made.body.id });
    await call(`DELETE ${office.path}/machine-groups/${made.body.id}`, {
      as: office.as,
      headers: { 'if-match': '*' },
    });
    expect((await newMachine().enrol(token)).body.groupId).toMatch(/^mgr_0{26}$/);
  });
});

describe('a token that is not right', () => {
  it('has one answer, whatever is wrong with it', async () => {
    const office = await freshOffice();
    const other = await freshOffice();
    const [, customerId = '', packageId = '', text = ''] = office.token.split('.');
    const flipped = `${text.slice(0, -2)}${text.at(-2) === 'A' ? 'B' : 'A'}${text.at(-1)}`;
    const wrong = [
      `qpk.${customerId}.${packageId}.${flipped}`,
      `qpk.${customerId}.${packageId}.${text.slice(0, -1)}`,
      `qpk.${customerId}.${packageId}.${text}.`,
      `qek.${customerId}.${packageId}.${text}`,
      `qas.${customerId}.${packageId}.${text}`,
      `qpk.${customerOf(other)}.${packageId}.${text}`,
      `qpk.${customerId}.${other.packageId}.${text}`,
      `QPK.${customerId}.${packageId}.${text}`,
      'qpk...',
      'not a token',
      '漢'.repeat(100),
    ];
    const answers: Answer[] = [];
    for (const token of wrong) answers.push(await newMachine().enrol(token));
    const shown = answers.map(({ status, body: { requestId: _, ...body }, headers }) => ({
      ...{ status, body, headers },
    }));
    expect(new Set(shown.map((one) => JSON.stringify(one))).size).toBe(1);
    expect(shown[0]).toMatchObject({ status: 401, body: { code: 'agent.unauthenticated' } });
    expect(shown[0]?.headers['www-authenticate']).toBe('Machine');
    expect((await newMachine().enrol(office.token)).status).toBe(200);
  });

  it('comes 30 times at once from one address, then a second', async () => {
    const handler = agentHandler();
    const bent = { handler, from: '203.0.113.7' };
    const answers: Answer[] = [];
    vi.useFakeTimers({ toFake: ['Date'] });
    try {
      for (let n = 0; n < 40; n++) answers.push(await newMachine().enrol('guessed', {}, bent));
    } finally {
      vi.useRealTimers();
    }
    expect(codes(answers)).toEqual({ 'agent.unauthenticated': 30, 'agent.too_many_calls': 10 });
    expect(answers.at(-1)?.headers['retry-after']).toBe('1');
    expect((await newMachine().enrol('guessed', {}, { handler })).status).toBe(401);
  });
});

describe('a certificate', () => {
  it('of a probe opens no route of machines, and the other way round', async () => {
    const customer = await addCustomer(msp);
    const office = await openOffice(msp, customer);
    const [machine, probe] = [await office.enrolled(), await enrolledAgent(customer.id, msp.catalog)];
    const ofMachine = machine.agent.certificate;
    const ofProbe = probe.certificate;
    const lines = [
      'POST /v1/machine/heartbeat',
      'GET /v1/machine/policy',
      'POST /v1/machine/inventory',
      'POST /v1/machine/rotate',
    ];
    const probes = ['POST /v1/agent/heartbeat', 'GET /v1/agent/configuration', 'POST /v1/agent/rotation'];
    for (const word of ['Probe', 'Machine']) {
      for (const line of lines)
        expect(
          (await probe.send(line, {}, { headers: { authorization: `${word} ${ofProbe}` } })).body.code,
        ).toBe('agent.unauthenticated');
      for (const line of probes)
        expect(
          (await machine.agent.send(line, {}, { headers: { authorization: `${word} ${ofMachine}` } })).body
            .code,
        ).toBe('agent.unauthenticated');
    }
    const mixed = { headers: { authorization: `Probe ${ofMachine}` } };
    expect((await machine.heartbeat(mixed)).body.code).toBe('agent.unauthenticated');
    expect((await machine.heartbeat()).status).toBe(200);
    expect((await probe.heartbeat()).status).toBe(200);
  });

  it('says what it was made of, of each kind', () => {
    const key = Buffer.from('k'.repeat(32));
    const { publicKey } = newAgent();
    const held = { customerId: 'cus_1', generation: 2, publicKey };
    for (const of of [
      { machineId: 'mch_1', ...held },
      { probeId: 'prb_1', providerId: 'prv_1', ...held },
    ])
      expect(readCertificate(certify(of, key), key)).toEqual(of);
  });

  it('without its key pair, on another machine, or with a count of before is worth nothing', async () => {
    const office = await freshOffice();
    const machine = await office.enrolled();
    const { certificate, privateKey, host } = machine.agent;
    await machine.heartbeat();
    const stolen = newMachine(newAgent({ certificate, host }));
    expect((await stolen.heartbeat()).body.code).toBe('agent.unauthenticated');
    const replayed = await machine.heartbeat({ count: 1 });
    expect(replayed.body).toMatchObject({ code: 'agent.replayed', count: 1 });
    const copy = newMachine(newAgent({ certificate, privateKey, host: newHost(), count: 50 }));
    for (let n = 0; n < 3; n++) expect((await copy.heartbeat()).body.code).toBe('agent.cloned');
    expect((await office.see(machine.machineId)).body.clonedAt).not.toBeNull();
    const told = (await announcedBy(customerOf(office))).filter(
      ({ type }) => type === 'endpoints.machine_cloned.v1',
    );
    expect(told.map(({ data }) => data)).toEqual([{ why: 'ANOTHER_HOST' }]);
    expect((await machine.heartbeat()).status).toBe(200);
  });

  it('is rotated: the same again for the same key, the old one until the new one is used', async () => {
    const office = await freshOffice();
    const machine = await office.enrolled();
    const next = newAgent({ host: machine.agent.host });
    const rotate = () => machine.agent.send('POST /v1/machine/rotate', { publicKey: next.publicKey });
    const first = await rotate();
    expect(first.status).toBe(200);
    expect((await rotate()).body).toEqual(first.body);
    expect((await machine.heartbeat()).status).toBe(200);
    const after = newMachine(
      newAgent({
        ...{ host: machine.agent.host, privateKey: next.privateKey },
        ...{ certificate: first.body.certificate, count: machine.agent.count },
      }),
    );
    expect((await after.heartbeat()).status).toBe(200);
    machine.agent.count += 10;
    expect((await machine.heartbeat()).body.code).toBe('agent.revoked');
    // Somebody went on with the key pair of before: one of the two is a copy.
    expect((await office.see(machine.machineId)).body.clonedAt).not.toBeNull();
    expect((await machine.enrol(office.token)).body.code).toBe('agent.unauthenticated');
    expect((await after.heartbeat()).status).toBe(200);
  });

  it('is never one that was used before: not its own, not another machine’s, not after it was removed', async () => {
    const office = await freshOffice();
    const [machine, other] = [await office.enrolled(), await office.enrolled()];
    const { host, privateKey } = machine.agent;
    const copy = newMachine(
      newAgent({ privateKey, certificate: machine.agent.certificate, host: newHost(), count: 40 }),
    );
    expect((await copy.heartbeat()).body.code).toBe('agent.cloned');
    const later = newAgent({ host });
    const rotate = (agent: TestAgent, publicKey: string) =>
      agent.send('POST /v1/machine/rotate', { publicKey });
    const { certificate } = (await rotate(machine.agent, later.publicKey)).body;
    const after = newMachine(
      newAgent({ host, privateKey: later.privateKey, certificate, count: machine.agent.count }),
    );
    expect((await after.heartbeat()).status).toBe(200);
    for (const { publicKey } of [machine.agent, later, other.agent])
      expect(await rotate(after.agent, publicKey)).toMatchObject({
        status: 422,
        body: { code: 'agent.key_pair_used' },
      });
    expect((await rotate(other.agent, later.publicKey)).body.code).toBe('agent.key_pair_used');
    const next = newAgent({ host });
    const asked = await Promise.all([1, 2].map(() => rotate(after.agent, next.publicKey)));
    expect(asked.map(({ status }) => status)).toContain(200);
    expect((await rotate(after.agent, next.publicKey)).status).toBe(200);
    expect((await office.remove(machine.machineId)).status).toBe(204);
    const back = newMachine(newAgent({ host, privateKey: later.privateKey }));
    expect((await back.enrol(office.token)).body.code).toBe('agent.unauthenticated');
    expect((await newMachine().enrol(office.token)).status).toBe(200);
  });
});
