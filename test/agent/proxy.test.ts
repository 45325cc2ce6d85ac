import { afterAll, beforeAll, expect, it, onTestFinished, vi } from 'vitest';
import { type Child, startChild, startProxy } from '../../infra/local/child.ts';
import { addProbe } from '../kit/agent.ts';
import { addCustomer, call, type Msp, makeMsp } from '../kit/world.ts';
import { type Gate, newDir, newSite, openGate } from './site.ts';

const password = 'p@ss:w/rd';
let msp: Msp;
let gate: Gate;
let proxy: Child;
let address = '';
let customerId = '';
beforeAll(async () => {
  [msp, gate] = await Promise.all([makeMsp(), openGate()]);
  proxy = startProxy('site', password);
  address = await proxy.says(/^http:/);
  customerId = (await addCustomer(msp)).id;
});
afterAll(async () => {
  await proxy?.end();
  await gate?.close();
});

const through = (secret: string) => address.replace('//', `//site:${encodeURIComponent(secret)}@`);
const added = () => addProbe(customerId, msp.catalog);

it('enrols and lives through an HTTP proxy that asks for user and password', async () => {
  const site = newSite(gate, (await added()).enrolmentKey);
  site.start({ way: { proxy: through(password) } });
  await site.turn();
  expect(site.probe.isSaid()).toBe(true);
  expect(proxy.lines).toContain(`200 POST ${gate.url}/v1/agent/enrol`);
  expect(proxy.lines).toContain(`200 POST ${gate.url}/v1/agent/usage`);
});

it('asks again later where the proxy does not let it through', async () => {
  const site = newSite(gate, (await added()).enrolmentKey);
  site.start({ way: { proxy: through('wrong') } });
  expect(await site.turn()).toBeLessThanOrEqual(60);
  expect(site.said.at(-1)).toMatch(/^Answered 407/);
});

it('reaches https through a tunnel', async () => {
  const site = newSite(gate, (await added()).enrolmentKey);
  site.start({ way: { url: gate.url.replace('http:', 'https:'), proxy: through(password) } });
  await site.turn();
  // The gate speaks no TLS: what answers is not what was called.
  expect(site.said.at(-1)).toMatch(/^No answer/);
  expect(proxy.lines).toContain(`200 CONNECT ${gate.url.replace('http://', '')}`);
});

it('takes the way that people have set up, and the first one where that leads nowhere', async () => {
  const { id, enrolmentKey } = await added();
  const site = newSite(gate, enrolmentKey);
  await site.turn();
  const path = `/v1/customers/${customerId}/probes/${id}`;
  const setUp = async (body: unknown) => {
    const { status, body: changed } = await call(`PATCH ${path}`, {
      as: msp.catalog,
      body,
      headers: { 'if-match': '*' },
    });
    expect(status).toBe(200);
    await site.turn();
    expect(site.said).toContain(`read configuration ${changed.configVersion} of “${changed.name}”`);
  };
  const [host = '', port = ''] = new URL(address).host.split(':');
  process.env.SITE_PROXY_PASSWORD = password;
  onTestFinished(() => void delete process.env.SITE_PROXY_PASSWORD);
  await setUp({ proxy: { host, port: Number(port), user: 'site', secretRef: 'env:SITE_PROXY_PASSWORD' } });
  const seen = proxy.lines.length;
  await site.turn();
  expect(proxy.lines.slice(seen)).toContain(`200 POST ${gate.url}/v1/agent/heartbeat`);
  await setUp({ proxy: null, nat: { host, port: 1, protocol: 'HTTP' } });
  expect(site.said.at(-1)).toMatch(/^No answer/);
  await site.turn();
  expect(site.probe.isSaid()).toBe(true);
});

it('runs as a process: once, or until it is ended', async () => {
  const { enrolmentKey } = await added();
  const state = newDir();
  const args = ['--url', gate.url, '--state', state];
  const run = (more: string[], environment = {}) =>
    startChild('infra/agent/main.ts', [...args, ...more], { environment });
  const first = run(['--live', '--once'], { AGENT_KEY: enrolmentKey });
  await first.says(/inventory 1: /);
  await first.end();
  const before = gate.calls.length;
  const second = run([]);
  const heard = () => expect(gate.calls.slice(before)).toContain('POST /v1/agent/heartbeat');
  await vi.waitFor(heard, { timeout: 20_000 });
  await second.end();
  // Its process may be over before its last line is read.
  await vi.waitFor(() => expect(second.lines.at(-1)).toMatch(/ends$/), { timeout: 20_000 });
  const wrong = startChild('infra/agent/main.ts', ['--state', state], {});
  await wrong.says(/Usage: npm run agent/);
  await wrong.end();
});
