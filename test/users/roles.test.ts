import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { newId } from '../../lib/aws/world.ts';
import { allowedAt, presets, usableRoles } from '../../lib/users/role.ts';
import { passwordReset } from '../kit/sealing.ts';
import { type Planted, plantNode, rootOf } from '../kit/tree.ts';
import { type Answer, type Caller, call, enlist, type Msp, makeMsp } from '../kit/world.ts';
import { add, callerOf, change, part, preset, remove } from './people.ts';

let msp: Msp;
let as: Caller;
beforeAll(async () => {
  msp = await makeMsp();
  as = msp.catalog;
});

const my = 'MY_ACCOUNT_MANAGEMENT';

describe('roles', () => {
  it('must be allowed by the customer and by every reseller above it', async () => {
    const allowedRoles = [...presets];
    const open = await plantNode(rootOf(msp.id), { type: 'RESELLER', allowedRoles });
    const narrow = await plantNode(open, { type: 'RESELLER', allowedRoles, restrictedRoles: [my] });
    const [allowing, silent, below] = [
      await plantNode(open, { allowedRoles }),
      await plantNode(open),
      await plantNode(narrow, { allowedRoles }),
    ];
    for (const one of [allowing, silent, below]) await add(one, as);
    expect((await add(allowing, as, preset(my))).body.roles).toEqual([my]);
    expect((await add(silent, as, preset(my))).body).toMatchObject({
      code: 'users.role_not_usable',
      errors: [{ pointer: '#/role' }],
    });
    expect((await add(below, as, preset(my))).body.code).toBe('users.role_not_usable');
    const user = await add(below, as);
    expect((await change(user, as, preset(my))).body.code).toBe('users.role_not_usable');
    const given = await change(user, as, preset('SERVICE_ADMINISTRATOR'));
    expect(given.body.roles).toEqual(['SERVICE_ADMINISTRATOR']);
    expect((await call('GET /v1/me', { as: callerOf(given) })).status).toBe(200);
    const taken = await change(user, as, { role: null }, '*');
    expect(taken.body.role).toBeNull();
    expect((await call('GET /v1/me', { as: callerOf(given) })).status).toBe(401);
  });

  it('never widen downwards, whatever each node says', () => {
    const set = fc.option(fc.subarray([...presets]), { nil: null });
    const node = fc.record({
      type: fc.constantFrom('RESELLER', 'CUSTOMER'),
      allowedRoles: set,
      restrictedRoles: set,
    });
    fc.assert(
      fc.property(fc.array(node, { maxLength: 9 }), (below) => {
        const line = [{ type: 'PROVIDER' }, ...below];
        for (let depth = 1; depth < line.length; depth++) {
          const above = usableRoles(line.slice(0, depth));
          const here = usableRoles(line.slice(0, depth + 1));
          expect(here.filter((one) => !above.includes(one))).toEqual([]);
          expect(here.filter((one) => !allowedAt(line[depth] ?? {}).includes(one))).toEqual([]);
        }
      }),
    );
  });

  it('are given, changed and taken only by who can do as much', async () => {
    const customer = await plantNode(rootOf(msp.id));
    const first = await add(customer, as);
    const helper = callerOf(await add(customer, as, preset('USER_ADMINISTRATOR')));
    expect((await add(customer, helper, preset('PARTIAL_USER_ADMINISTRATOR'))).status).toBe(201);
    const beyond = await add(customer, helper, preset('CUSTOMER_ADMINISTRATOR'));
    expect(beyond).toMatchObject({ status: 403, body: { code: 'users.role_beyond_yours' } });
    const plain = await add(customer, helper);
    const code = 'users.role_beyond_yours';
    expect((await change(plain, helper, preset('SERVICE_ADMINISTRATOR'))).body.code).toBe(code);
    expect((await change(first, helper, { disabled: true })).body.code).toBe(code);
    expect((await remove(first, helper)).body.code).toBe(code);
    const partial = callerOf(await add(customer, as, preset('PARTIAL_USER_ADMINISTRATOR')));
    const reset = (user: Answer) =>
      call(`POST ${user.headers.location}/password-reset`, { as: partial, body: passwordReset });
    expect((await reset(plain)).status).toBe(202);
    expect((await reset(first)).body.code).toBe(code);
    expect((await add(customer, partial)).status).toBe(403);
    for (const what of ['provision', 'deprovision']) {
      const asked = await call(`POST ${first.headers.location}/${what}`, { as: helper });
      expect(asked.body.code).toBe(code);
    }
  });

  it('leave a customer an administrator who can sign in, also when two go at once', async () => {
    const customer = await plantNode(rootOf(msp.id));
    const disabled = await add(customer, as, { disabled: true });
    expect(disabled.body.code).toBe('users.last_administrator');
    const first = await add(customer, as);
    const code = 'users.last_administrator';
    for (const body of [{ role: null }, { disabled: true }, { expiresOn: '2999-01-01' }]) {
      expect((await change(first, as, body)).body.code).toBe(code);
    }
    expect((await remove(first, as)).body.code).toBe(code);
    for (let round = 0; round < 5; round++) {
      const planted = await plantNode(rootOf(msp.id));
      const all = [];
      for (let index = 0; index < 3; index++) {
        all.push(await add(planted, as, preset('CUSTOMER_ADMINISTRATOR')));
      }
      const [one, two, three] = all as [Answer, Answer, Answer];
      const gone = await Promise.all([
        remove(one, as),
        change(two, as, { disabled: true }, '*'),
        change(three, as, { role: null }, '*'),
      ]);
      expect(gone.filter(({ status }) => status === 409)).toHaveLength(1);
    }
  });

  it('sign in with an address that is nobody else’s', async () => {
    const customer = await plantNode(rootOf(msp.id));
    const email = `${part()}@mail.example`;
    await add(customer, as, { email });
    const twice = await add(customer, as, { email, ...preset('USER_ADMINISTRATOR') });
    expect(twice.body).toMatchObject({ code: 'members.address_in_use', errors: [{ pointer: '#/email' }] });
    const other = await add(customer, as, preset('USER_ADMINISTRATOR'));
    expect((await change(other, as, { email })).body.code).toBe('members.address_in_use');
    const moved = await change(other, as, { email: `${part()}@mail.example` });
    expect(moved.status).toBe(200);
    expect(
      (await add(customer, as, { email: other.body.email, ...preset('USER_ADMINISTRATOR') })).status,
    ).toBe(201);
  });
});

describe('role collections', () => {
  const create = (by: Caller, roles: string[], name = part()) =>
    call('POST /v1/role-collections', { as: by, body: { name, roles } });
  const patch = (one: Answer, body: object, by = as) =>
    call(`PATCH ${one.headers.location}`, { as: by, body, headers: { 'if-match': '*' } });
  const drop = (one: Answer, by = as) =>
    call(`DELETE ${one.headers.location}`, { as: by, headers: { 'if-match': '*' } });
  const held = (one: Answer) => ({ role: { collectionId: one.body.id } });

  it('are given like a role, and their roles are fixed while somebody holds them', async () => {
    const customer = await plantNode(rootOf(msp.id));
    await add(customer, as);
    const made = await create(as, ['USER_ADMINISTRATOR', 'SERVICE_ADMINISTRATOR']);
    expect(made).toMatchObject({ status: 201, body: { users: 0 } });
    const user = await add(customer, as, held(made));
    expect(user.body.roles).toEqual(['USER_ADMINISTRATOR', 'SERVICE_ADMINISTRATOR']);
    expect((await call(`GET ${made.headers.location}`, { as })).body.users).toBe(1);
    expect((await patch(made, { roles: ['USER_ADMINISTRATOR'] })).body.code).toBe('role_collections.in_use');
    expect((await drop(made)).body.code).toBe('role_collections.in_use');
    expect((await patch(made, { name: part() })).status).toBe(200);
    expect((await patch(made, {})).status).toBe(200);
    const other = await create(as, ['USER_ADMINISTRATOR']);
    expect((await change(user, as, held(other))).body.roles).toEqual(['USER_ADMINISTRATOR']);
    expect((await patch(made, { roles: ['USER_ADMINISTRATOR'] })).body.roles).toEqual(['USER_ADMINISTRATOR']);
    expect((await drop(made)).status).toBe(204);
    expect((await drop(made)).status).toBe(404);
    expect((await patch(made, { name: 'x' })).status).toBe(404);
    expect((await call(`GET ${made.headers.location}`, { as })).status).toBe(404);
    expect((await remove(user, as)).status).toBe(204);
    expect((await drop(other)).status).toBe(204);
    const lost = await add(customer, as, held(other));
    expect(lost.body).toMatchObject({ code: 'role_collections.unknown' });
    const plain = await add(customer, as);
    expect((await change(plain, as, held(other))).body.code).toBe('role_collections.unknown');
  });

  it('go with their node’s line only, and hold only what it allows', async () => {
    const reseller = await plantNode(rootOf(msp.id), { type: 'RESELLER' });
    const sibling = await plantNode(rootOf(msp.id), { type: 'RESELLER' });
    const [seller, other] = await Promise.all(
      [reseller, sibling].map((one) => enlist(one.id, ['RESELLER_FULL_ADMINISTRATOR'])),
    );
    if (!seller || !other) throw new Error('No reseller');
    expect((await create(seller, [my])).body.code).toBe('users.role_not_usable');
    const name = part();
    const made = await create(seller, ['SERVICE_ADMINISTRATOR'], name);
    expect((await create(seller, ['USER_ADMINISTRATOR'], name.toUpperCase())).body.code).toBe(
      'role_collections.name_taken',
    );
    const second = await create(seller, ['USER_ADMINISTRATOR']);
    expect((await patch(second, { name }, seller)).body.code).toBe('role_collections.name_taken');
    expect((await patch(second, { roles: [my] }, seller)).body.code).toBe('users.role_not_usable');
    const listed = await call('GET /v1/role-collections', { as: seller });
    expect(listed.body.items.map((one: { id: string }) => one.id)).toEqual([made.body.id, second.body.id]);
    expect((await drop(made, other)).status).toBe(404);
    const [inside, outside] = [await plantNode(reseller), await plantNode(sibling)];
    for (const one of [inside, outside] as Planted[]) await add(one, as);
    expect((await add(inside, seller, held(made))).status).toBe(201);
    expect((await add(outside, other, held(made))).body.code).toBe('role_collections.unknown');
    const nobody = { role: { collectionId: newId('roleCollection', Date.now()) } };
    expect((await add(inside, seller, nobody)).body.code).toBe('role_collections.unknown');
  });
});
