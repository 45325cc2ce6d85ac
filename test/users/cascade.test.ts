import { beforeAll, describe, expect, it } from 'vitest';
import { plantDirectly, plantReseller } from '../kit/forest.ts';
import type { Planted } from '../kit/tree.ts';
import { type Answer, type Caller, call, type Msp, makeMsp } from '../kit/world.ts';
import { add, callerOf, person, preset } from './people.ts';

let msp: Msp;
let as: Caller;
let line: { id: string }[];
let customer: Planted;
beforeAll(async () => {
  msp = await makeMsp();
  as = msp.catalog;
  const top = await plantReseller(msp);
  const middle = await plantReseller(msp, top.id);
  const low = await plantReseller(msp, middle.id);
  const leaf = await plantDirectly(low.admin);
  line = [top, middle, low, leaf];
  customer = { id: leaf.id, path: [], domain: leaf.domains[0].name };
  await add(customer, as);
});

const say = ({ id }: { id: string }, body: object) =>
  call(`PATCH /v1/customers/${id}`, { as, body, headers: { 'if-match': '*' } });
const works = (user: Answer, more: object = {}) =>
  call(`POST /v1/customers/${customer.id}/users`, {
    as: { ...callerOf(user), provider: msp.id, ...more },
    body: person(customer),
  });

describe('a role at depth 4', () => {
  it('counts no more at the next request once anyone above restricts it, and again once nobody does', async () => {
    const helper = await add(customer, as, preset('USER_ADMINISTRATOR'));
    expect((await works(helper)).status).toBe(201);
    for (const node of line) {
      expect((await say(node, { restrictedRoles: ['USER_ADMINISTRATOR'] })).status).toBe(200);
      expect((await works(helper)).status).toBe(403);
      expect((await works(helper, { provider: undefined })).status).toBe(403);
      const assigned = await add(customer, as, preset('USER_ADMINISTRATOR'));
      expect(assigned.body.code).toBe('users.role_not_usable');
      expect((await say(node, { restrictedRoles: [] })).status).toBe(200);
      expect((await works(helper)).status).toBe(201);
      expect((await say(node, { allowedRoles: ['CUSTOMER_ADMINISTRATOR'] })).status).toBe(200);
      expect((await works(helper)).status).toBe(403);
      await say(node, { allowedRoles: ['CUSTOMER_ADMINISTRATOR', 'USER_ADMINISTRATOR'] });
      expect((await works(helper)).status).toBe(201);
    }
  });

  it('of its own a reseller’s administrator has while every node above allows it', async () => {
    const [top, , low] = line as [{ id: string }, { id: string }, { id: string }];
    const domain = `${low.id.slice(-10).toLowerCase()}.example`;
    await say(low, { domains: [{ name: domain, primary: true }] });
    const seller = await add({ id: low.id, path: [], domain }, as, preset('CUSTOMER_ADMINISTRATOR'));
    const list = () =>
      call('GET /v1/customers', {
        as: { ...callerOf(seller), roles: ['CUSTOMER_ADMINISTRATOR'], provider: msp.id },
      });
    expect((await list()).status).toBe(200);
    await say(top, { allowedRoles: ['USER_ADMINISTRATOR'] });
    expect((await list()).status).toBe(403);
    await say(top, { allowedRoles: ['CUSTOMER_ADMINISTRATOR', 'USER_ADMINISTRATOR'] });
    expect((await list()).status).toBe(200);
  });

  it('of end users is off until every node allows it', async () => {
    const my = 'MY_ACCOUNT_MANAGEMENT';
    const roles = ['CUSTOMER_ADMINISTRATOR', 'USER_ADMINISTRATOR', my];
    for (const node of line) {
      expect((await add(customer, as, preset(my))).body.code).toBe('users.role_not_usable');
      expect((await say(node, { allowedRoles: roles, restrictedRoles: [] })).status).toBe(200);
    }
    const user = await add(customer, as, preset(my));
    expect(user.body.roles).toEqual([my]);
    const me = async () =>
      (await call('GET /v1/me', { as: { ...callerOf(user), provider: msp.id } })).body.roles;
    expect(await me()).toEqual([my]);
    await say(line[0] ?? customer, { restrictedRoles: [my] });
    expect(await me()).toEqual([]);
  });
});

describe('built-in roles', () => {
  it('are no collections: nobody reads, edits or deletes them as such', async () => {
    for (const role of ['CUSTOMER_ADMINISTRATOR', my]) {
      const path = `/v1/role-collections/${role}`;
      const headers = { 'if-match': '*' };
      for (const answer of [
        await call(`GET ${path}`, { as }),
        await call(`PATCH ${path}`, { as, headers, body: { roles: ['USER_ADMINISTRATOR'] } }),
        await call(`DELETE ${path}`, { as, headers }),
      ]) {
        expect(answer).toMatchObject({
          status: 400,
          body: { errors: [{ pointer: '#/params/roleCollectionId' }] },
        });
      }
    }
  });
});
const my = 'MY_SERVICES_MANAGEMENT';
