import { execFileSync, spawnSync } from 'node:child_process';
import { createServer } from 'node:net';
import type { Entry } from 'ldapts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasSamba } from '../../infra/local/samba.ts';
import { commit, get } from '../../lib/aws/db.ts';
import { nodeKey } from '../../lib/kit/keys.ts';
import { react } from '../kit/deliver.ts';
import { call, type Msp, makeMsp } from '../kit/world.ts';
import { type Domain, openDomain } from './domain.ts';
import {
  asked,
  deliverOnce,
  deliverUntilDone,
  desiredOf,
  objectsOf,
  type Planted,
  plantNode,
  requestIdOf,
  resumed,
  rootOf,
  showRequest,
  userOf,
} from './scene.ts';

let domain: Domain;
let msp: Msp;
const runs = hasSamba() || process.env.SAMBA === 'required';
beforeAll(async () => {
  if (!runs) return;
  [domain, msp] = await Promise.all([openDomain(), makeMsp()]);
});
afterAll(() => domain?.stop());

const list = (value: unknown): string[] => [value ?? []].flat().map(String);

/** Servers spell escaped characters in one of two ways: `\\3B` or `\\;`. */
const spell = (dn: string): string =>
  dn.replace(/\\([0-9A-F]{2})/gi, (_, code: string) => `\\${String.fromCharCode(Number.parseInt(code, 16))}`);

/** 100 nanoseconds since 1601 as an instant; null for never. */
function expiryOf({ accountExpires }: Entry): string | null {
  const ticks = BigInt(String(accountExpires));
  if (ticks === 0n || ticks === 9223372036854775807n) return null;
  return new Date(Number(ticks / 10_000n - 11_644_473_600_000n)).toISOString();
}

/** An entry as the API would report it. */
function asReported(entry: Entry) {
  const classes = list(entry.objectClass);
  const type = classes.includes('user') ? 'USER' : classes.includes('group') ? 'GROUP' : 'CONTAINER';
  const user = type === 'USER';
  return {
    type,
    dn: spell(entry.dn),
    name: String(entry.sAMAccountName ?? entry.ou),
    description: user ? null : String(entry.description),
    displayName: user ? String(entry.displayName) : null,
    userPrincipalName: user ? String(entry.userPrincipalName) : null,
    enabled: user ? (Number(entry.userAccountControl) & 2) === 0 : null,
    expiresAt: user ? expiryOf(entry) : null,
    memberOf: list(entry.memberOf).map(spell).sort(),
  };
}

const byDn = <T extends { dn?: unknown }>(all: T[]) =>
  all.sort((a, b) => (String(a.dn) < String(b.dn) ? -1 : 1));

/** Everything that the API reports for some nodes equals everything that is ours in the directory, object by object. */
async function compare(nodes: readonly Planted[]): Promise<number> {
  const reported = (await Promise.all(nodes.map(({ id }) => objectsOf(msp, id)))).flat();
  const root = rootOf(msp);
  const entries = (await domain.read(`OU=${root.code},${domain.samba.baseDn}`)).map(asReported);
  const found = entries.filter(({ name }) => name !== root.code);
  const shown = reported.map(({ directory, serviceCode, ...rest }) => {
    expect(directory).toBe('LDAP');
    return rest;
  });
  expect(byDn(shown as { dn: string }[])).toEqual(byDn(found));
  return found.length;
}

const provision = async (node: Planted, more: Parameters<typeof desiredOf>[1] = {}) => {
  const { request } = await deliverOnce(msp, asked(node, 'provision', desiredOf(node, more)));
  expect(request, JSON.stringify(request)).toMatchObject({ status: 'Provisioned', directory: 'LDAP' });
  return request;
};

describe.runIf(runs)('a tree in Active Directory', () => {
  let reseller: Planted;
  let sub: Planted;
  let customer: Planted;
  const services = ['MAIL', 'VOIP'];
  const people = () => [
    userOf(customer, 'ada', {
      administrator: true,
      services: ['MAIL'],
      department: 'R&D (*)',
      email: 'ada@x.example',
    }),
    userOf(customer, 'grace.brewster.hopper', { services, department: 'Sales, "EU" + <US>; #1=\\2' }),
    userOf(customer, "o'neil*(x)", { displayName: 'Ó Néill, "Sean" *)(uid=*', lastName: null }),
    userOf(customer, 'off', { enabled: false, passwordNeverExpires: true, changePasswordAtNextLogon: false }),
  ];
  let users: ReturnType<typeof people>;
  const state = (more = {}) =>
    desiredOf(customer, { services, ouStructure: 'BY_DEPARTMENT', users, ...more });
  const nodes = () => [reseller, sub, customer];

  it('is the containers, groups, users and memberships that the API reports', async () => {
    reseller = await plantNode(rootOf(msp), 'RNORTH', 'North, Inc. (Resellers)');
    sub = await plantNode(reseller, 'RSUB', '#Sub "Reseller" <EMEA>; a=b+c\\d');
    customer = await plantNode(sub, 'FAB', 'Fabrikam *)(objectClass=*');
    users = people();
    // The customer comes first: containers above it are made on the way.
    await provision(customer, { ...state() });
    await provision(reseller);
    await provision(sub, { services });
    expect(await compare(nodes())).toBe(3 + 2 * 3 + 2 + 2 + 2 + 4);
  });

  it('is what ldapsearch lists', async () => {
    if (spawnSync('ldapsearch', ['-VV']).error) return;
    const { user, password, url, baseDn, authorityFile } = domain.samba;
    const dn = `OU=${rootOf(msp).code},${baseDn}`;
    const said = execFileSync(
      'ldapsearch',
      [
        '-LLL',
        '-o',
        'ldif-wrap=no',
        '-x',
        '-H',
        url,
        '-D',
        user,
        '-w',
        password,
        '-b',
        dn,
        '(objectClass=group)',
        'cn',
        'member',
      ],
      { env: { ...process.env, LDAPTLS_CACERT: authorityFile, LDAPTLS_REQCERT: 'allow' }, encoding: 'utf8' },
    );
    const groups = said
      .split('\n')
      .filter((one) => one.startsWith('cn: '))
      .map((one) => one.slice(4));
    const reported = (await Promise.all(nodes().map(({ id }) => objectsOf(msp, id)))).flat();
    const named = reported.filter(({ type }) => type === 'GROUP').map(({ name }) => name);
    expect(groups.sort()).toEqual(named.sort());
    const members = said.split('\n').filter((one) => /^member::? /.test(one));
    expect(members).toHaveLength(reported.flatMap(({ memberOf }) => memberOf as string[]).length);
  });

  it('is changed by nothing when everything is done again', async () => {
    const usn = async () =>
      (await domain.read(`OU=${rootOf(msp).code},${domain.samba.baseDn}`)).map(
        ({ dn, uSNChanged }) => `${dn} ${uSNChanged}`,
      );
    const before = await usn();
    const request = await provision(customer, state());
    expect(await usn()).toEqual(before);
    const said = request.steps.flatMap(({ log }: { log: { message: string }[] }) =>
      log.map(({ message }) => message),
    );
    expect(said.slice(0, -1).every((one: string) => one.endsWith('unchanged'))).toBe(true);
    expect(await compare(nodes())).toBe(19);
  });

  it('follows changes: names, places, memberships, flags', async () => {
    const [ada, grace] = users;
    if (!ada || !grace) throw new Error('There are no users');
    users = [
      {
        ...ada,
        version: 2,
        displayName: 'Ada King',
        services: ['VOIP'],
        department: 'Sales, "EU" + <US>; #1=\\2',
      },
      { ...grace, version: 2, administrator: true, enabled: false, department: null },
    ];
    await react(asked(customer, 'user_provision', { ...state(), users: users.slice(0, 1) }));
    await react(asked(customer, 'user_provision', { ...state(), users: users.slice(1) }));
    expect(await compare(nodes())).toBe(19);
    const [moved] = (await objectsOf(msp, customer.id)).filter(({ name }) => name === 'ada_FAB');
    expect(moved).toMatchObject({
      displayName: 'Ada King',
      dn: expect.stringContaining('CN=ada_FAB,OU=Sales\\, '),
    });
  });

  it('switches accounts, takes services away, and gives them back', async () => {
    for (const [version, what] of [
      [2, 'disable'],
      [3, 'enable'],
      [4, 'deprovision'],
      [5, 'provision'],
    ] as const) {
      await react(asked(customer, what, state({ version, users: [] })));
      expect(await compare(nodes())).toBe(what === 'deprovision' ? 17 : 19);
    }
    await react(asked(customer, 'service_deprovision', state({ version: 5, services: ['VOIP'] })));
    expect(await compare(nodes())).toBe(18);
  });

  it('moves a container with all that is in it', async () => {
    const { parents } = desiredOf(sub);
    const path = [...reseller.path, customer.id];
    const item = (await get(nodeKey(customer.id), true)) as never as { version: number };
    const moved = { ...item, ...nodeKey(customer.id), path: path.join('/'), version: item.version + 1 };
    await commit([{ do: 'replace', version: item.version, item: moved }], 'move', Date.now() + 5000);
    const request = await deliverOnce(
      msp,
      asked(customer, 'move', state({ version: 6, parents, services: ['MAIL'] })),
    );
    expect(request.request.steps.map(({ log }: { log: { message: string }[] }) => log[0]?.message)).toContain(
      'OU=FAB moved',
    );
    expect(await compare(nodes())).toBe(18);
  });

  it('removes users and customers', async () => {
    const parents = desiredOf(sub).parents;
    await react(asked(customer, 'user_delete', state({ version: 6, parents, users: users.slice(0, 1) })));
    expect(await compare(nodes())).toBe(17);
    await deliverUntilDone(asked(customer, 'delete', state({ version: 7, parents })));
    expect(await compare(nodes())).toBe(3 + 5);
    expect(await objectsOf(msp, customer.id)).toEqual([]);
  });
});

describe.runIf(runs)('trouble', () => {
  it('with credentials fails that request with its log; a retry completes it without doubles', async () => {
    const [node, other] = [
      await plantNode(rootOf(msp), 'CRED', 'C'),
      await plantNode(rootOf(msp), 'FINE', 'F'),
    ];
    const event = asked(node, 'provision', desiredOf(node));
    domain.say(JSON.stringify({ ...JSON.parse(domain.samba.secret), password: 'wrong' }));
    expect(await deliverUntilDone(event)).toBe(2);
    domain.say(domain.samba.secret);
    const failed = await showRequest(msp, node.id, requestIdOf(event));
    expect(failed).toMatchObject({ status: 'Failed', stepsDone: 0 });
    expect(failed.steps[0]).toMatchObject({ state: 'FAILED', attempts: 2 });
    expect(failed.steps[0].log[0].message).toMatch(/InvalidCredentials/);
    expect(JSON.stringify(failed)).not.toContain('wrong');
    await provision(other);
    const line = `POST /v1/customers/${node.id}/provisioning-requests/${failed.id}/retry`;
    expect((await call(line, { as: msp.catalog })).status).toBe(202);
    await react(resumed(node, failed.id));
    expect(await showRequest(msp, node.id, failed.id)).toMatchObject({ status: 'Provisioned' });
  });

  it('with an object that is not ours touches nothing of it', async () => {
    const [ours, theirs] = [
      await plantNode(rootOf(msp), 'SAME', 'Ours'),
      await plantNode(rootOf(msp), 'SAME', 'Theirs'),
    ];
    await provision(ours);
    const event = asked(theirs, 'provision', desiredOf(theirs));
    expect(await deliverUntilDone(event)).toBe(2);
    const { steps } = await showRequest(msp, theirs.id, requestIdOf(event));
    expect(steps[1].log[0].message).toMatch(/exists and is not ours/);
    expect((await objectsOf(msp, ours.id)).length).toBe(3);
  });

  it('with a directory that does not answer ends in time', async () => {
    const silent = createServer(() => {});
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const node = await plantNode(rootOf(msp), 'SLOW', 'S');
    const { url } = domain.samba;
    process.env.DIRECTORY_URL = `ldaps://127.0.0.1:${(silent.address() as { port: number }).port}`;
    const began = Date.now();
    const { thrown, request } = await deliverOnce(msp, asked(node, 'provision', desiredOf(node)));
    process.env.DIRECTORY_URL = url;
    silent.close();
    expect(thrown).toBeDefined();
    expect(Date.now() - began).toBeLessThan(6000);
    expect(request.steps[0]).toMatchObject({ state: 'WAITING', attempts: 1 });
  });

  it('in the middle of 100 customers: all end Provisioned, no double object, no lost step', async () => {
    const reseller = await plantNode(rootOf(msp), 'RMANY', 'Many');
    const nodes = await Promise.all(
      Array.from({ length: 100 }, (_, index) =>
        plantNode(reseller, `C${String(index).padStart(3, '0')}`, `Customer ${index}`),
      ),
    );
    const events = nodes.map((node) =>
      asked(
        node,
        'provision',
        desiredOf(node, { services: ['MAIL'], users: [userOf(node, 'ada', { services: ['MAIL'] })] }),
      ),
    );
    let done = 0;
    let again = 0;
    const waiting = [...events];
    const reader = async () => {
      for (let event = waiting.shift(); event; event = waiting.shift()) {
        again += (await deliverUntilDone(event, 2500, 5)) - 1;
        done++;
      }
    };
    const outage = (async () => {
      while (done < 30) await new Promise((resolve) => setTimeout(resolve, 20));
      await domain.samba.kill();
      await new Promise((resolve) => setTimeout(resolve, 1500));
      await domain.samba.start();
    })();
    await Promise.all([outage, reader(), reader(), reader(), reader(), reader()]);
    const requests = await Promise.all(
      nodes.map(({ id }, index) => showRequest(msp, id, requestIdOf(events[index] as never))),
    );
    expect(requests.filter(({ status }) => status !== 'Provisioned')).toEqual([]);
    expect(requests.every(({ stepsDone, stepsTotal }) => stepsDone === stepsTotal)).toBe(true);
    expect(again).toBeGreaterThan(0);
    const top = `OU=RMANY,OU=${rootOf(msp).code},${domain.samba.baseDn}`;
    const found = byDn((await domain.read(top)).map(asReported));
    const shown = (await Promise.all(nodes.map(({ id }) => objectsOf(msp, id)))).flat();
    expect(found).toHaveLength(1 + 100 * 5);
    expect(new Set(found.map(({ dn }) => dn.toLowerCase())).size).toBe(found.length);
    expect(
      found
        .slice()
        .map(({ dn }) => dn)
        .filter((dn) => dn !== top)
        .sort(),
    ).toEqual(shown.map(({ dn }) => String(dn)).sort());
    process.stdout.write(`      ${again} deliveries again, ${found.length} objects\n`);
  }, 180_000);
});
