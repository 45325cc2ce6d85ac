import { execFileSync, spawnSync } from 'node:child_process';
import { createServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasSamba } from '../../infra/local/samba.ts';
import { commit, each, get } from '../../lib/aws/db.ts';
import { nodeKey, partition } from '../../lib/kit/keys.ts';
import { deliver, react } from '../kit/deliver.ts';
import { passwordReset, unseal } from '../kit/sealing.ts';
import { call, type Msp, makeMsp } from '../kit/world.ts';
import { asReported, byDn, compareAll, expiryOf } from './compare.ts';
import { type Domain, openDomain } from './domain.ts';
import { usersStand } from './places.ts';
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
const ldapsearch = process.env.LDAPSEARCH ?? 'ldapsearch';
const runs = hasSamba() || process.env.SAMBA === 'required';
beforeAll(async () => {
  if (!runs) return;
  [domain, msp] = await Promise.all([openDomain(), makeMsp()]);
});
afterAll(() => domain?.stop());

const compare = (nodes: readonly Planted[]) => compareAll({ msp, domain }, nodes);

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

  it('is what ldapsearch lists', async (context) => {
    // Where the directory is required its own tool is, too.
    const absent = spawnSync(ldapsearch, ['-VV']).error !== undefined && process.env.SAMBA !== 'required';
    context.skip(absent, 'ldapsearch is missing: install the package ldap-utils');
    const { user, password, url, baseDn, authorityFile } = domain.samba;
    const dn = `OU=${rootOf(msp).code},${baseDn}`;
    const said = execFileSync(
      ldapsearch,
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

describe.runIf(runs)('users in Active Directory', () => usersStand(() => domain));

describe.runIf(runs)('an account', () => {
  let node: Planted;
  let ada: ReturnType<typeof userOf>;
  let version = 1;
  const entry = async () => {
    const all = await domain.read(`OU=ACC,OU=${rootOf(msp).code},${domain.samba.baseDn}`);
    const found = all.find(({ sAMAccountName }) => sAMAccountName === 'ada_ACC');
    if (!found) throw new Error('There is no account');
    return found;
  };
  const change = async (more: Partial<typeof ada>) => {
    ada = { ...ada, ...more, version: ++version };
    const { request } = await deliverOnce(
      msp,
      asked(node, 'user_provision', desiredOf(node, { users: [ada] })),
    );
    expect(request.status, JSON.stringify(request)).toBe('Provisioned');
  };
  const reset = async () => {
    const state = desiredOf(node, { users: [ada], ...passwordReset });
    const { request } = await deliverOnce(msp, asked(node, 'user_reset_password', state));
    expect(request).toMatchObject({ kind: 'USER_RESET_PASSWORD', status: 'Provisioned' });
    return unseal(request.sealedPassword);
  };
  const signsIn = (password: string) => domain.signsIn(ada.userPrincipalName, password);

  it('shows its flags: to be changed at the next log-on, never expiring, its last day', async () => {
    node = await plantNode(rootOf(msp), 'ACC', 'Accounts');
    ada = userOf(node, 'ada');
    await provision(node, { users: [ada] });
    const flags = async () => {
      const { pwdLastSet, userAccountControl, accountExpires } = await entry();
      return [pwdLastSet === '0', (Number(userAccountControl) & 0x10000) !== 0, accountExpires];
    };
    expect(await flags()).toEqual([true, false, expect.stringMatching(/^(0|9223372036854775807)$/)]);
    await change({ changePasswordAtNextLogon: false, passwordNeverExpires: true });
    expect((await flags()).slice(0, 2)).toEqual([false, true]);
    await change({ changePasswordAtNextLogon: true, passwordNeverExpires: false });
    expect((await flags()).slice(0, 2)).toEqual([true, false]);
    await change({ expiresAt: '2999-03-30T22:00:00.000Z' });
    expect(expiryOf(await entry())).toBe('2999-03-30T22:00:00.000Z');
    await change({ expiresAt: null });
    expect((await flags())[2]).toBe('0');
  });

  it('gets a new password that only who asked can read, and that is kept nowhere', async () => {
    const password = await reset();
    expect(password).toMatch(/^[\w-]{20}aA1!$/);
    expect((await entry()).pwdLastSet).toBe('0');
    expect(await signsIn(password)).toBe(false); // it has to be changed first
    await change({ changePasswordAtNextLogon: false });
    expect(await signsIn(password)).toBe(true);
    const second = await reset();
    await change({ changePasswordAtNextLogon: false });
    expect(second).not.toBe(password);
    // The one before counts for another hour: that is the directory's own rule (OldPasswordAllowedPeriod).
    expect(await signsIn(second)).toBe(true);
    expect(await signsIn(`${second}x`)).toBe(false);
    for (const kind of ['PROVISION', 'DIRECTORY', 'AUDIT'] as const) {
      for await (const item of each({ partition: partition(node.id, kind), limit: 100 }))
        for (const one of [password, second]) expect(JSON.stringify(item)).not.toContain(one);
    }
  });

  it('is stopped by the directory itself when its last day is over, and comes back with another', async () => {
    const password = await reset();
    await change({ changePasswordAtNextLogon: false, expiresAt: '2020-02-01T00:00:00.000Z' });
    const shown = async () => (await objectsOf(msp, node.id)).find(({ type }) => type === 'USER')?.enabled;
    expect([await signsIn(password), await shown()]).toEqual([false, false]);
    await change({ expiresAt: '2999-01-01T00:00:00.000Z' });
    expect([await signsIn(password), await shown()]).toEqual([true, true]);
    await change({ expiresAt: null });
    expect([await signsIn(password), await shown()]).toEqual([true, true]);
  });

  it('of a customer stops with the reseller above, and works again with it', async () => {
    const reseller = await plantNode(rootOf(msp), 'RABOVE', 'Above');
    const child = await plantNode(reseller, 'BELOW', 'Below');
    const user = userOf(child, 'eve', { changePasswordAtNextLogon: false });
    const state = desiredOf(child, { users: [user] });
    await provision(reseller);
    await provision(child, { users: [user] });
    const sealed = await deliverOnce(
      msp,
      asked(child, 'user_reset_password', { ...state, ...passwordReset }),
    );
    const password = unseal(sealed.request.sealedPassword);
    await react(asked(child, 'user_provision', { ...state, users: [{ ...user, version: 2 }] }));
    const signed = () => domain.signsIn(user.userPrincipalName, password);
    expect(await signed()).toBe(true);
    await react(asked(reseller, 'disable', desiredOf(reseller, { version: 2 })));
    await deliver(reseller.id);
    expect(await signed()).toBe(false);
    await react(asked(reseller, 'enable', desiredOf(reseller, { version: 3 })));
    await deliver(reseller.id);
    expect(await signed()).toBe(true);
  });

  it('stays where a move has brought its reseller, whatever was asked for before', async () => {
    const [from, to] = [await plantNode(rootOf(msp), 'RXA', 'A'), await plantNode(rootOf(msp), 'RXB', 'B')];
    const sub = await plantNode(from, 'RXS', 'S');
    const child = await plantNode(sub, 'XCUST', 'C');
    await provision(child, { users: [userOf(child, 'ada')] });
    const early = asked(child, 'provision', desiredOf(child, { version: 2, users: [userOf(child, 'bob')] }));
    for (const [one, path] of [
      [sub, [...to.path, sub.id]],
      [child, [...to.path, sub.id, child.id]],
    ] as const) {
      const item = { ...(await get(nodeKey(one.id), true)), ...nodeKey(one.id), path: path.join('/') };
      await commit(
        [{ do: 'replace', version: 1, item: { ...item, version: 2 } }],
        `${one.id}`,
        Date.now() + 5000,
      );
    }
    const parents = [...to.parents, { id: to.id, code: to.code, name: to.name }];
    await react(asked(sub, 'move', desiredOf(sub, { version: 2, parents })));
    expect((await deliverOnce(msp, early)).request.status).toBe('Provisioned');
    const place = `,OU=RXB,OU=${rootOf(msp).code},${domain.samba.baseDn}`;
    const found = (await domain.read(place.slice(1))).filter(({ dn }) => dn.endsWith(place));
    expect(found.map(({ dn }) => dn.slice(0, -place.length)).sort()).toEqual(
      [
        ...['OU=RXS', 'CN=RXS Users,OU=RXS', 'CN=RXS Administrators,OU=RXS', 'OU=XCUST,OU=RXS'],
        ...['XCUST Users', 'XCUST Administrators', 'ada_XCUST', 'bob_XCUST'].map(
          (name) => `CN=${name},OU=XCUST,OU=RXS`,
        ),
      ].sort(),
    );
  });
});

describe.runIf(runs)('StartTLS', () => {
  const over = async (secret: Record<string, unknown>, code: string) => {
    const { url } = domain.samba;
    const known = JSON.parse(domain.samba.secret);
    process.env.DIRECTORY_URL = url.replace('ldaps:', 'ldap:');
    domain.say(JSON.stringify({ ...known, ...secret }));
    const node = await plantNode(rootOf(msp), code, 'Upgraded');
    const answer = await deliverOnce(msp, asked(node, 'provision', desiredOf(node)));
    process.env.DIRECTORY_URL = url;
    domain.say(domain.samba.secret);
    return answer;
  };

  it('carries everything where the URL is ldap://', async () => {
    const { request } = await over({}, 'STLS');
    expect(request, JSON.stringify(request)).toMatchObject({ status: 'Provisioned' });
  });

  it('is refused where the certificate is of another authority or name, before anyone signs in', async () => {
    const said = async (secret: Record<string, unknown>, code: string) => {
      const { thrown, request } = await over({ ...secret, password: 'never sent' }, code);
      expect(thrown).toBeDefined();
      return request.steps[0].log[0].message;
    };
    expect(await said({ authority: undefined }, 'STLA')).toMatch(/certificate/i);
    expect(await said({ serverName: 'other.qm.example' }, 'STLB')).toMatch(/does not match certificate/i);
    expect(await said({ serverName: undefined }, 'STLC')).toMatch(/does not match certificate/i);
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
  });
});
