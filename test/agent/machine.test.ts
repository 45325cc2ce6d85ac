import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openFolder } from '../../infra/agent/files.ts';
import { programs } from '../../infra/agent/host.ts';
import { openLine } from '../../infra/agent/line.ts';
import { openMachine } from '../../infra/agent/machine.ts';
import { openMemory } from '../../infra/agent/memory.ts';
import { newHost } from '../kit/agent.ts';
import { openOffice } from '../kit/machine.ts';
import { addCustomer, call, type Msp, makeMsp } from '../kit/world.ts';
import { type Gate, newDir, openGate } from './site.ts';

let msp: Msp;
let gate: Gate;
beforeAll(async () => {
  [msp, gate] = await Promise.all([makeMsp(), openGate()]);
});
afterAll(() => gate.close());

function newDesk(token?: string) {
  const [dir, said, host]: [string, string[], string] = [newDir(), [], newHost()];
  const open = (packageToken: string | undefined) => {
    const folder = openFolder(join(dir, 'state'));
    const memory = openMemory(folder);
    const agent = openMachine({
      ...{ memory, packageToken, say: (line) => void said.push(line) },
      line: openLine(memory, { url: gate.url }, host, 'Machine'),
      keepPolicy: (policy) =>
        policy === undefined ? folder.remove('policy.json') : folder.write('policy.json', policy),
      describe: () => ({ hostname: 'www.contoso.example', platform: 'LINUX', osVersion: 'Debian 13' }),
    });
    return { agent, memory, folder };
  };
  let now = open(token);
  return {
    dir,
    said,
    turn: () => now.agent.turn(),
    self: () => now.memory.self(),
    restart: (packageToken?: string) => {
      now.folder.close();
      now = open(packageToken);
    },
  };
}

it('enrols, reads its policy and reports what is installed once; a restart asks for nothing again', async () => {
  const office = await openOffice(msp, await addCustomer(msp));
  const desk = newDesk(office.token);
  gate.calls.length = 0;
  expect(await desk.turn()).toBe(300);
  const whole = ['enrol', 'heartbeat', 'policy', 'inventory'];
  expect(gate.calls.map((line) => line.split('/').at(-1))).toEqual(whole);
  const { body } = await office.see(desk.self().machineId ?? '');
  expect(body).toMatchObject({ name: 'www', state: 'ONLINE', agentVersion: 'reference/1' });
  const inventory = await office.see(body.id, '/inventory');
  expect(inventory.body).toMatchObject({ sequence: 1, hostname: 'www.contoso.example' });
  const policy = JSON.parse(readFileSync(join(desk.dir, 'state', 'policy.json'), 'utf8'));
  expect(policy).toMatchObject({ policyVersion: 'built-in.0', updates: true });
  expect(readFileSync(join(desk.dir, 'state', 'self.json'), 'utf8')).not.toContain(office.token);
  gate.calls.length = 0;
  desk.restart();
  await desk.turn();
  expect(gate.calls).toEqual(['POST /v1/machine/heartbeat']);
});

it('asks again where no answer came: one machine, one seat, one inventory', async () => {
  const office = await openOffice(msp, await addCustomer(msp));
  const desk = newDesk(office.token);
  for (let done = 0; done < 4; done++) {
    gate.faults.push(...Array.from({ length: done }, () => undefined), 'LOSE_ANSWER');
    await desk.turn();
    gate.faults.length = 0;
    desk.restart(office.token);
  }
  await desk.turn();
  expect((await office.list()).body.items).toHaveLength(1);
  expect(await office.licences.holding()).toMatchObject({ used: 1 });
});

it('that was removed forgets everything and ends; started with a token it enrols anew', async () => {
  const office = await openOffice(msp, await addCustomer(msp));
  const desk = newDesk(office.token);
  await desk.turn();
  const before = desk.self().machineId;
  await call(`DELETE ${office.path}/machines/${before}`, { as: office.as, headers: { 'if-match': '*' } });
  expect(await desk.turn()).toBeUndefined();
  expect(desk.self()).toMatchObject({ reported: 0 });
  expect(desk.self().certificate).toBeUndefined();
  await expect(desk.turn()).resolves.toBe(300);
  expect(desk.self().machineId).not.toBe(before);
  const wrong = newDesk(`${office.token.slice(0, -1)}`);
  await expect(wrong.turn()).rejects.toThrow(/401 agent.unauthenticated/);
  await expect(newDesk().turn()).rejects.toThrow(/PACKAGE_TOKEN/);
});

it('reads what Debian says is installed, as much as a report holds', () => {
  const entry = (name: string, status: string) =>
    `Package: ${name}\nStatus: install ok ${status}\nVersion: 1:2.3-4\nDescription: x`;
  const few = [entry('zsh', 'installed'), entry('gone', 'config-files'), entry('apt', 'installed')];
  expect(programs(few.join('\n\n'))).toEqual([
    { name: 'apt', version: '1:2.3-4' },
    { name: 'zsh', version: '1:2.3-4' },
  ]);
  const many = Array.from({ length: 500 }, (_, at) => entry(`${'p'.repeat(90)}-${at}`, 'installed'));
  const some = programs(many.join('\n\n'));
  expect(some.length).toBeLessThan(200);
  expect(Buffer.byteLength(JSON.stringify(some))).toBeLessThanOrEqual(14_000);
  expect(programs('')).toEqual([]);
});
