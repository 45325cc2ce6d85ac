import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Child, startProxy } from './child.ts';
import { type Caller, chapter, type Stage, same, tag } from './demo-client.ts';
import { prepareSite, type Site } from './demo-site.ts';
import { begin } from './demo-story.ts';

interface Sites {
  readonly office: Site;
  readonly branch: Site;
  readonly plant: Site;
  readonly warehouse: Site;
}

interface Scene {
  readonly stage: Stage;
  readonly mark: string;
  readonly catalog: Caller;
  /** Addresses of the two customers. */
  readonly contoso: string;
  readonly fabrikam: string;
  /** Who is mailed of Contoso. */
  readonly noc: string;
  readonly dir: string;
  /** Every process that was started, ended with the story. */
  readonly processes: Child[];
}

const allocated = 10;
const slowSeconds = 330;

/** Two customers, four agents as processes of their own, an allocation that is exhausted, an outage and its end. */
export async function playProbes(stage: Stage): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), 'sites-'));
  const processes: Child[] = [];
  try {
    const scene = await setUp(stage, dir, processes);
    const { sites, proxy } = await prepare(scene);
    const branch = await exhaust(scene, sites);
    await runOthers(scene, sites);
    await fallSilent(scene, sites, branch);
    await lookAtAll(scene, proxy);
    await clearAway(scene, sites);
  } finally {
    await Promise.all(processes.map((one) => one.end()));
    rmSync(dir, { recursive: true, force: true });
  }
}

async function setUp(stage: Stage, dir: string, processes: Child[]): Promise<Scene> {
  const { mark, catalog, customerId } = await begin(stage);
  chapter('A second customer is added, and licences: Contoso has an allocation, Fabrikam shares the pool');
  const domain = `fabrikam-${mark}.example`;
  const quick = { name: `Fabrikam Works ${mark}`, email: `it@${domain}`, domain };
  const { body: second } = await catalog('POST /v1/customers', { body: quick });
  for (const type of ['DEVICE', 'FIREWALL', 'INTERFACE', 'IP_SWITCH_PORT'])
    await catalog(`PUT /v1/licence-pool/${type}`, { body: { licensed: 1000 }, ifMatch: '*' });
  const contoso = `/v1/customers/${customerId}`;
  const noc = `noc@contoso-${mark}.example`;
  const terms = { model: 'ALLOCATED', allocations: { DEVICE: { limit: allocated } } };
  await catalog(`PUT ${contoso}/licences`, { body: terms, ifMatch: '"0"' });
  const settings = await catalog(`GET ${contoso}/notification-settings`);
  await catalog(`PUT ${contoso}/notification-settings`, {
    ifMatch: tag(settings),
    body: { enabled: true, thresholds: [80], recipients: noc },
  });
  const fabrikam = `/v1/customers/${second.id}`;
  return { stage, mark, catalog, contoso, fabrikam, noc, dir, processes };
}

async function prepare(scene: Scene): Promise<{ sites: Sites; proxy: Child }> {
  const { stage, catalog: by, contoso, fabrikam, dir, processes } = scene;
  chapter('Four probes are added; each shows its enrolment key once. One site has a proxy on its way out');
  const password = scene.mark;
  const proxy = startProxy('branch', password);
  processes.push(proxy);
  const address = new URL(await proxy.says(/^http:/));
  console.log(`      proxy of the branch: ${address.host}, a process of its own`);
  Object.assign(address, { username: 'branch', password });
  const at = (customer: string) => ({ by, customer, dir });
  const sites = {
    office: await prepareSite(stage, at(contoso), { name: 'Head office', holds: { DEVICE: 8 } }),
    branch: await prepareSite(stage, at(contoso), {
      name: 'Branch',
      holds: { DEVICE: 5 },
      proxy: address.href,
    }),
    plant: await prepareSite(stage, at(fabrikam), { name: 'Plant', holds: { DEVICE: 6, FIREWALL: 2 } }),
    warehouse: await prepareSite(stage, at(fabrikam), { name: 'Warehouse', live: true }),
  };
  return { sites, proxy };
}

const run = ({ processes }: Scene, site: Site): Child => {
  const child = site.start();
  processes.push(child);
  return child;
};

async function licencesOf({ catalog, contoso }: Scene): Promise<{ used: number; waiting: number }> {
  const list = (state: string) => catalog(`GET ${contoso}/items?state=${state}&limit=100`, { quiet: true });
  const [managed, unmanaged] = [await list('MANAGED'), await list('UNMANAGED')];
  return { used: managed.body.items.length, waiting: unmanaged.body.items.length };
}

/** Subjects of the mails about Contoso so far, without its name. */
async function told({ stage, noc }: Scene): Promise<string[]> {
  await stage.idle();
  const mails = (await stage.mails()).filter(({ to }) => to.includes(noc));
  return mails.map(({ subject }) => (subject ?? '').replace(/^.*?: /, ''));
}

/** The offices report more than Contoso was given: two mails, and what finds no licence waits. */
async function exhaust(scene: Scene, { office, branch }: Sites): Promise<Child> {
  chapter('The agent of the head office enrols and reports: 80 % of the allocation, one mail');
  const first = run(scene, office);
  await first.says(/inventory 1: /);
  same('licences', await licencesOf(scene), { used: 8, waiting: 0 });
  await eventually('mails', 60, async () => (await told(scene)).length, 1);
  chapter('The branch’s agent enrols through the proxy: what finds no licence waits, one mail more');
  const second = run(scene, branch);
  await second.says(/inventory 1: /);
  same('licences', await licencesOf(scene), { used: allocated, waiting: 3 });
  await eventually('mails', 60, async () => (await told(scene)).length, 2);
  await sayMails(scene);
  return second;
}

async function runOthers(scene: Scene, { plant, warehouse }: Sites): Promise<void> {
  const { catalog, fabrikam } = scene;
  chapter('Fabrikam’s agents: one reads a file, one looks at this machine');
  for (const site of [plant, warehouse]) await run(scene, site).says(/inventory 1: /);
  const count = async (site: Site, state: string) => {
    const { body } = await catalog(`GET ${site.path}`, { quiet: true });
    return [body.state, Object.keys(body.usage.counts).length > 0 ? state : 'nothing counted'];
  };
  for (const site of [plant, warehouse])
    await eventually(site.name, 60, () => count(site, 'counted'), ['UP', 'counted']);
  await catalog(`GET ${fabrikam}/probes`);
}

const stateOf = async ({ catalog }: Scene, { path }: Site): Promise<string> =>
  (await catalog(`GET ${path}`, { quiet: true })).body.state;

async function fallSilent(scene: Scene, { branch }: Sites, running: Child): Promise<void> {
  chapter('The branch’s agent is killed: it falls silent, one mail, and no other a minute later');
  const before = (await told(scene)).length;
  await running.end('SIGKILL');
  await eventually('state', slowSeconds, () => stateOf(scene, branch), 'DOWN');
  await eventually('mails', 60, async () => (await told(scene)).length, before + 1);
  await new Promise((resolve) => setTimeout(resolve, 62_000));
  same('mails a minute later', (await told(scene)).length, before + 1);
  chapter('It is started again on its folder, without a key: it is back, one mail');
  run(scene, branch);
  await eventually('state', 60, () => stateOf(scene, branch), 'UP');
  await eventually('mails', 60, async () => (await told(scene)).length, before + 2);
  const [down, back] = (await told(scene)).slice(before);
  same('what was told', [down, back], ['probe Branch is down', 'probe Branch is back']);
}

async function lookAtAll(scene: Scene, proxy: Child): Promise<void> {
  const { catalog, contoso, fabrikam } = scene;
  chapter('What came of it');
  const passed = proxy.lines.filter((line) => line.startsWith('200 POST'));
  console.log(`      ${passed.length} calls went through the proxy, for example ${passed[0]}`);
  if (passed.length === 0) throw new Error('Nothing went through the proxy');
  const one = (await catalog(`GET ${contoso}/overview`)).body.own;
  sayRow('probes', one.probes);
  for (const { resourceType, used, waiting, allocated: limit } of one.resources)
    if (used + waiting > 0) sayRow(resourceType, { used, waiting, allocated: limit });
  const all = async () => (await catalog('GET /v1/overview', { quiet: true })).body.below;
  await eventually(
    'customers and probes below the provider',
    60,
    async () => {
      const { customers, probes } = await all();
      return [customers, probes.UP, probes.DOWN];
    },
    [2, 4, 0],
  );
  for (const { resourceType, used } of (await all()).use) if (used > 0) sayRow(resourceType, { used });
  const { resources } = (await catalog(`GET ${contoso}/recommended-allocation`)).body;
  for (const { resourceType, peak, recommended } of resources)
    if (recommended > 0) sayRow(resourceType, { peak, recommended });
  await catalog(`GET ${fabrikam}/overview`);
  await sayMails(scene);
}

/** Every mail of this story; all of them are to whom Contoso named. */
async function sayMails({ stage, mark, noc }: Scene): Promise<void> {
  await stage.idle();
  const mails = (await stage.mails()).filter(({ to }) => to.some((one) => one.includes(mark)));
  for (const { to, subject } of mails) console.log(`  ✉ ${to.join(', ')} — ${subject}`);
  same(
    'mails to anybody else',
    mails.filter(({ to }) => to.join() !== noc).map(({ subject }) => subject),
    [],
  );
}

async function clearAway(scene: Scene, sites: Sites): Promise<void> {
  chapter('The agents end, the probes are retired: their items go, their licences are free');
  await Promise.all(scene.processes.map((one) => one.end()));
  for (const { path } of Object.values(sites))
    await scene.catalog(`DELETE ${path}?force=true`, { ifMatch: '*' });
  await eventually('licences', 60, () => licencesOf(scene), { used: 0, waiting: 0 });
}

function sayRow(what: string, values: Readonly<Record<string, unknown>>): void {
  const parts = Object.entries(values).filter(([, value]) => value !== 0);
  console.log(`      ${what.padEnd(15)} ${parts.map(([name, value]) => `${name} ${value}`).join(', ')}`);
}

/** Looks until something is as expected. */
async function eventually<T>(
  what: string,
  seconds: number,
  look: () => Promise<T>,
  expected: T,
): Promise<void> {
  const until = Date.now() + seconds * 1000;
  let found = await look();
  while (JSON.stringify(found) !== JSON.stringify(expected) && Date.now() < until) {
    await new Promise((resolve) => setTimeout(resolve, 500));
    found = await look();
  }
  same(what, found, expected);
  console.log(`      ${what}: ${JSON.stringify(found)}`);
}
