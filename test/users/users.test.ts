import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { commit } from '../../lib/aws/db.ts';
import { newId } from '../../lib/aws/world.ts';
import { userServiceKey } from '../../lib/kit/keys.ts';
import { surroundingsOf } from '../../lib/provisioning/store.ts';
import { desiredFrom } from '../../lib/provisioning/wish.ts';
import { announcedBy } from '../kit/deliver.ts';
import { passwordReset } from '../kit/sealing.ts';
import { type Planted, plantNode, rootOf } from '../kit/tree.ts';
import { type Caller, call, type Msp, makeMsp } from '../kit/world.ts';
import { define, give, giveUser, takeUser } from '../services/desk.ts';
import { add, callerOf, change, part, preset, read, remove } from './people.ts';

let msp: Msp;
let as: Caller;
beforeAll(async () => {
  msp = await makeMsp();
  as = msp.catalog;
});
const customer = (more: Record<string, unknown> = {}) => plantNode(rootOf(msp.id), more);

/** A customer whose first user is there. */
async function settled(more: Record<string, unknown> = {}): Promise<Planted & { first: Caller }> {
  const planted = await customer(more);
  return { ...planted, first: callerOf(await add(planted, as)) };
}

describe('users', () => {
  it('default from one another, and the first is an administrator who can sign in', async () => {
    const planted = await customer();
    const name = part();
    const first = await add(planted, as, { upn: `${name.toUpperCase()}@${planted.domain}` });
    expect(first).toMatchObject({
      status: 201,
      headers: { etag: '"1"', location: `/v1/customers/${planted.id}/users/${first.body.id}` },
      body: {
        displayName: 'Ann Lee',
        userName: name,
        upn: `${name}@${planted.domain}`,
        email: `${name}@${planted.domain}`,
        role: { preset: 'CUSTOMER_ADMINISTRATOR' },
        roles: ['CUSTOMER_ADMINISTRATOR'],
        state: 'ENABLED',
        status: 'Requested',
        changePasswordAtNextLogon: true,
      },
    });
    const me = callerOf(first);
    expect((await call('GET /v1/me', { as: me })).status).toBe(200);
    const second = await add(planted, me);
    expect(second.body).toMatchObject({ role: null, roles: [] });
    expect((await call('GET /v1/me', { as: callerOf(second) })).status).toBe(401);
    const third = await add(planted, as, { role: null });
    expect(third.body.role).toBeNull();
    expect(
      (await announcedBy(planted.id)).map(({ type }) => type).filter((type) => type.startsWith('users.prov')),
    ).toEqual(Array(3).fill('users.provisioning_requested.v1'));
  });

  it('are first once, however many are first at once', async () => {
    for (let round = 0; round < 5; round++) {
      const planted = await customer();
      const added = await Promise.all([1, 2, 3].map(() => add(planted, as)));
      expect(added.map(({ status }) => status)).toEqual([201, 201, 201]);
      expect(added.filter(({ body }) => body.role !== null)).toHaveLength(1);
    }
  });

  it('keep within the limit, also when the last place is wanted by several', async () => {
    for (let round = 0; round < 5; round++) {
      const planted = await settled({ userLimit: 3 });
      await add(planted, as);
      const added = await Promise.all([1, 2, 3].map(() => add(planted, as)));
      expect(added.map(({ status }) => status).sort()).toEqual([201, 409, 409]);
      const refused = added.filter(({ status }) => status === 409);
      expect(refused[0]?.body).toMatchObject({ code: 'users.limit_reached', limit: 3, users: 3 });
      for (const one of added) if (one.status === 201) await remove(one, as);
      expect((await add(planted, as)).status).toBe(201);
    }
  });

  it('keep within the lowest limit of the nodes above, also when the last place is wanted by several', async () => {
    const top = await plantNode(rootOf(msp.id), { type: 'RESELLER', userLimit: 2 });
    const middle = await plantNode(top, { type: 'RESELLER' });
    const leaf = await plantNode(middle, { userLimit: 5 });
    expect((await add(leaf, as)).status).toBe(201);
    const added = await Promise.all([1, 2, 3].map(() => add(leaf, as)));
    expect(added.map(({ status }) => status).sort()).toEqual([201, 409, 409]);
    expect(added.find(({ status }) => status === 409)?.body).toMatchObject({ limit: 2, users: 2 });
    const sibling = await plantNode(middle);
    await add(sibling, as);
    const rows = [1, 2].map(() => `Ann,Lee,${part()}@${sibling.domain}`);
    const file = ['firstName,lastName,upn', ...rows].join('\n');
    const headers = { 'content-type': 'text/csv' };
    const imported = await call(`POST /v1/customers/${sibling.id}/user-imports`, { as, text: file, headers });
    expect(imported.body).toMatchObject({ imported: 1, failed: 1 });
  });

  it('start as the password rule in force says, inherited and locked', async () => {
    const rule = { minLength: null, changeAtNextLogon: false, neverExpires: true, expiryDays: null };
    const top = await plantNode(rootOf(msp.id), { type: 'RESELLER', passwordRule: rule });
    const [leaf, own] = [
      await plantNode(top),
      await plantNode(top, { passwordRule: { ...rule, changeAtNextLogon: true } }),
    ];
    const first = await add(leaf, as);
    expect(first.body).toMatchObject({ changePasswordAtNextLogon: false, passwordNeverExpires: true });
    expect((await add(leaf, as, { passwordNeverExpires: false })).body.passwordNeverExpires).toBe(false);
    expect((await add(own, as)).body.changePasswordAtNextLogon).toBe(true);
    const other = await makeMsp();
    const firm = await plantNode(rootOf(other.id), { passwordRule: { ...rule, neverExpires: false } });
    const path = `/v1/providers/${other.id}/default-settings`;
    const body = { passwordRule: rule, locks: ['passwordRule'] };
    await call(`PATCH ${path}`, { as: other.catalog, body, headers: { 'if-match': '*' } });
    expect((await add(firm, other.catalog)).body.passwordNeverExpires).toBe(true);
  });

  it('have a UPN of the customer’s domains, unique at the provider, and a user name unique at the customer', async () => {
    const [one, other] = [await settled(), await settled()];
    const stranger = await add(one, as, { upn: `x@${other.domain}` });
    expect(stranger.body).toMatchObject({ code: 'users.domain_unknown', errors: [{ pointer: '#/upn' }] });
    const upn = `${part()}@${one.domain}`;
    const [left, right] = await Promise.all([add(one, as, { upn }), add(one, as, { upn, userName: part() })]);
    expect([left.status, right.status].sort()).toEqual([201, 409]);
    expect([left, right].find(({ status }) => status === 409)?.body.code).toBe('users.upn_taken');
    const { body } = left.status === 201 ? left : right;
    const sameName = await add(one, as, { userName: body.userName.toUpperCase() });
    expect(sameName.body).toMatchObject({
      code: 'users.user_name_taken',
      errors: [{ pointer: '#/userName' }],
    });
    for (const wrong of [
      'a',
      'a@b@c.example',
      '@a.example',
      '.a@a.example',
      'a,b=c@a.example',
      'a b@a.example',
    ]) {
      expect((await add(one, as, { upn: wrong })).body.errors).toMatchObject([{ pointer: '#/upn' }]);
    }
    expect((await add(one, as, { password: 'Secret-4711' })).body.errors).toMatchObject([
      { pointer: '#/password' },
    ]);
  });

  it('change: what was saved waits, log-on changes at once, names move', async () => {
    const planted = await settled();
    const user = await add(planted, as);
    const renamed = await change(user, as, { lastName: 'Li', displayName: 'Ann Li' });
    expect(renamed).toMatchObject({ status: 200, headers: { etag: '"2"' }, body: { status: 'Pending' } });
    expect((await change(user, as, { lastName: 'Lo' })).status).toBe(412);
    expect((await change(user, as, { disabled: true }, '"2"')).body).toMatchObject({
      state: 'DISABLED',
      status: 'Requested',
    });
    expect((await change(user, as, { disabled: false, locked: false }, '"3"')).body.state).toBe('ENABLED');
    expect((await change(user, as, { locked: true }, '*')).body.errors).toMatchObject([
      { pointer: '#/locked' },
    ]);
    expect((await change(user, as, { userName: part() }, '*')).body.code).toBe('users.user_name_fixed');
    const upn = `${part()}@${planted.domain}`;
    expect((await change(user, as, { upn, email: 'ann@elsewhere.example' }, '*')).body.upn).toBe(upn);
    expect((await add(planted, as, { upn: user.body.upn, userName: part() })).status).toBe(201);
    expect((await change(user, as, { upn: user.body.upn }, '*')).body.code).toBe('users.upn_taken');
    expect((await change(user, as, { upn: 'x@elsewhere.example' }, '*')).body.code).toBe(
      'users.domain_unknown',
    );
    expect((await change(user, as, { email: 'ann@other.example' }, '*')).status).toBe(200);
    expect((await change(user, as, { email: upn }, '*')).status).toBe(200);
    const same = await change(user, as, { upn }, '*');
    expect(same.headers.etag).toBe((await read(user, as)).headers.etag);
  });

  it('may change the user name before they were ever provisioned', async () => {
    const planted = await settled({ status: 'NotProvisioned' });
    const [user, other] = [await add(planted, as), await add(planted, as)];
    expect(user.body.status).toBe('NotProvisioned');
    const name = part();
    expect((await change(user, as, { userName: name })).body).toMatchObject({
      userName: name,
      status: 'NotProvisioned',
    });
    expect((await change(other, as, { userName: name })).body.code).toBe('users.user_name_taken');
    const refused = await call(`POST ${user.headers.location}/provision`, { as });
    expect(refused.body.code).toBe('users.customer_not_provisioned');
  });

  it('expire on the day after the last, at once and without a job', async () => {
    const planted = await settled();
    const user = await add(planted, as, preset('USER_ADMINISTRATOR'));
    const [today, yesterday] = [0, 1].map((days) =>
      new Date(Date.now() - days * 86_400_000).toISOString().slice(0, 10),
    );
    expect((await change(user, as, { expiresOn: today }, '*')).body.state).toBe('ENABLED');
    expect((await call('GET /v1/me', { as: callerOf(user) })).status).toBe(200);
    expect((await change(user, as, { expiresOn: yesterday }, '*')).body.state).toBe('EXPIRED');
    expect((await call('GET /v1/me', { as: callerOf(user) })).status).toBe(401);
    expect((await change(user, as, { expiresOn: null }, '*')).body.state).toBe('ENABLED');
    expect((await call('GET /v1/me', { as: callerOf(user) })).status).toBe(200);
    const listed = await call(`GET /v1/customers/${planted.id}/users`, { as });
    expect(listed.body.items.map(({ state }: { state: string }) => state)).toEqual(['ENABLED', 'ENABLED']);
  });

  it('expire in years that every directory can tell from never', async () => {
    const planted = await settled();
    const user = await add(planted, as);
    for (const expiresOn of ['0001-01-01', '1600-12-31', '1999-12-31', '3000-01-01', '9999-12-31']) {
      for (const answer of [await add(planted, as, { expiresOn }), await change(user, as, { expiresOn })]) {
        expect(answer).toMatchObject({ status: 400, body: { errors: [{ pointer: '#/expiresOn' }] } });
      }
    }
    for (const expiresOn of ['2000-01-01', '2999-12-31']) {
      expect((await change(user, as, { expiresOn }, '*')).body.expiresOn).toBe(expiresOn);
    }
  });

  it('expire when the day ends where their customer is, here and in what the engine is told', async () => {
    const planted = await plantNode(rootOf(msp.id), { timeZone: 'Pacific/Auckland' });
    await add(planted, as);
    const user = await add(planted, as, { expiresOn: '2999-01-31' });
    expect(user.body).toMatchObject({ state: 'ENABLED', expiresAt: '2999-01-31T11:00:00.000Z' });
    const changed = await change(user, as, { expiresOn: '2999-06-30' }, '*');
    expect(changed.body).toMatchObject({ status: 'Requested', expiresAt: '2999-06-30T12:00:00.000Z' });
    const found = await surroundingsOf(planted.id, { providerId: msp.id, userId: user.body.id });
    const { users } = desiredFrom(found, { customerId: planted.id, version: 1 });
    expect(users).toMatchObject([{ enabled: true, expiresAt: '2999-06-30T12:00:00.000Z' }]);
    expect((await change(user, as, { expiresOn: null }, '*')).body.expiresAt).toBeNull();
  });

  it('are provisioned, deprovisioned and given a new password by the engine', async () => {
    const planted = await settled();
    const user = await add(planted, as);
    const bodyOf = (what: string) => (what === 'password-reset' ? { body: passwordReset } : {});
    const ask = (what: string) => call(`POST ${user.headers.location}/${what}`, { as, ...bodyOf(what) });
    expect(await ask('provision')).toMatchObject({ status: 202, body: { status: 'Requested' } });
    expect((await ask('deprovision')).status).toBe(202);
    expect((await ask('password-reset')).status).toBe(202);
    const asked = (await announcedBy(planted.id)).filter(({ subject }) => subject === user.body.id);
    expect(asked.map(({ data }) => (data as { what: string }).what)).toEqual([
      'provision',
      'provision',
      'deprovision',
      'reset_password',
    ]);
    expect(JSON.stringify(asked)).not.toContain('password":');
    for (const publicKey of ['', 'AAAA', '%', passwordReset.publicKey.slice(8)]) {
      const refused = await call(`POST ${user.headers.location}/password-reset`, { as, body: { publicKey } });
      expect(refused).toMatchObject({ status: 400, body: { errors: [{ pointer: '#/publicKey' }] } });
    }
    const absent = `/v1/customers/${planted.id}/users/${newId('user', Date.now())}`;
    for (const what of ['provision', 'deprovision', 'password-reset']) {
      expect((await call(`POST ${absent}/${what}`, { as, ...bodyOf(what) })).status).toBe(404);
    }
  });

  it('are out at the next request when deleted, and leave their names', async () => {
    const planted = await settled();
    const user = await add(planted, as, { ...preset('USER_ADMINISTRATOR'), email: `${part()}@mail.example` });
    expect((await call('GET /v1/me', { as: callerOf(user) })).status).toBe(200);
    expect((await call(`DELETE ${user.headers.location}`, { as })).status).toBe(428);
    expect((await remove(user, as)).status).toBe(204);
    expect((await call('GET /v1/me', { as: callerOf(user) })).status).toBe(401);
    expect((await read(user, as)).status).toBe(404);
    expect((await remove(user, as)).status).toBe(404);
    expect((await change(user, as, { lastName: 'X' }, '*')).status).toBe(404);
    const { upn, email } = user.body;
    expect((await add(planted, as, { upn, email, ...preset('USER_ADMINISTRATOR') })).status).toBe(201);
  });

  it('with more services than one transaction holds are deprovisioned first; those taken before count no more', async () => {
    const planted = await settled();
    const user = await add(planted, as);
    const service = await define(as);
    await give(as, planted, service);
    expect((await giveUser(as, user, service)).status).toBe(202);
    const instances = Array.from({ length: 95 }, (_, index) => ({
      ...userServiceKey(planted.id, user.body.id, newId('service', Date.now() + index)),
      kind: 'instance',
      status: index < 80 ? 'Provisioned' : 'NotProvisioned',
      periods: [],
      version: 1,
    }));
    await commit(
      instances.map((item) => ({ do: 'create', item })),
      randomUUID(),
      Date.now() + 5000,
    );
    expect((await remove(user, as)).body.code).toBe('users.too_many_services');
    expect((await change(user, as, { testUser: true }, '*')).body.code).toBe('users.too_many_services');
    expect((await takeUser(as, user, service)).status).toBe(202);
    expect((await change(user, as, { testUser: true }, '*')).status).toBe(200);
    expect((await remove(user, as)).status).toBe(204);
  });

  it('are found by name, UPN and e-mail address, each once', async () => {
    const planted = await settled();
    const [word, host] = [part(), planted.domain];
    await add(planted, as, { displayName: `${word} Alpha`, upn: `${word}.a@${host}` });
    await add(planted, as, {
      displayName: 'Beta',
      upn: `${word}.b@${host}`,
      email: `${word}.b@mail.example`,
    });
    await add(planted, as, { displayName: 'Gamma', email: `${word}.c@mail.example` });
    await add(planted, as, { displayName: 'Delta' });
    const find = async (q: string, limit = 25) => {
      const out: string[] = [];
      let cursor: string | null = null;
      do {
        const more: string = cursor ? `&cursor=${encodeURIComponent(cursor)}` : '';
        const { body } = await call(
          `GET /v1/customers/${planted.id}/users?limit=${limit}&q=${encodeURIComponent(q)}${more}`,
          { as },
        );
        expect(body.items.length).toBeLessThanOrEqual(limit);
        out.push(...body.items.map((one: { displayName: string }) => one.displayName));
        cursor = body.nextCursor;
      } while (cursor);
      return out.sort();
    };
    const all = [`Beta`, `Gamma`, `${word} Alpha`].sort();
    for (const limit of [1, 2, 25]) {
      expect(await find(word, limit)).toEqual(all);
      expect(await find(`%${word.slice(2)}`, limit)).toEqual(all);
    }
    expect(await find('delta')).toEqual(['Delta']);
    expect(await find('%MAIL.EXAMPLE')).toEqual(['Beta', 'Gamma']);
    expect(await find('nobody')).toEqual([]);
  });

  it('have a department, a location and a folder of their own: set, left, cleared, bounded', async () => {
    const planted = await settled();
    const user = await add(planted, as, { department: '  R&D, "EU" ', location: 'Wien' });
    expect(user.body).toMatchObject({ department: 'R&D, "EU"', location: 'Wien', folder: null });
    const moved = await change(user, as, { location: null, folder: 'x'.repeat(64) });
    expect(moved.body).toMatchObject({ department: 'R&D, "EU"', location: null, folder: 'x'.repeat(64) });
    for (const field of ['department', 'location', 'folder']) {
      for (const value of ['', ' ', 'x'.repeat(65), 'a\nb', 'a\u0000b', 'a\u202eb', 7]) {
        for (const answer of [
          await add(planted, as, { [field]: value }),
          await change(user, as, { [field]: value }, '*'),
        ]) {
          expect([answer.status, answer.body.errors?.[0]?.pointer]).toEqual([400, `#/${field}`]);
        }
      }
    }
  });

  it('are another tenant’s: not found', async () => {
    const [planted, stranger] = [await settled(), await makeMsp()];
    const user = await add(planted, as);
    expect((await read(user, stranger.catalog)).status).toBe(404);
    expect((await add(planted, stranger.catalog)).status).toBe(404);
    const other = await settled();
    expect((await read(user, other.first)).status).toBe(404);
    const crossed = await call(`GET /v1/customers/${other.id}/users/${user.body.id}`, { as });
    expect(crossed.status).toBe(404);
  });
});
