import { beforeAll, describe, expect, it } from 'vitest';
import { personOf } from '../../lib/users/admission.ts';
import { plantDirectly, plantReseller } from '../kit/forest.ts';
import { type Planted, plantNode, rootOf } from '../kit/tree.ts';
import {
  type Answer,
  addCompany,
  type Caller,
  call,
  ensureMspMode,
  type Msp,
  makeMsp,
} from '../kit/world.ts';
import { add, callerOf, change, part, preset, read, remove } from './people.ts';

let msp: Msp;
let as: Caller;
beforeAll(async () => {
  msp = await makeMsp();
  as = msp.catalog;
  await ensureMspMode(msp);
});

const place = (customerId: string, personId: string) =>
  `/v1/customers/${customerId}/administrators/${personId}`;
const dismiss = (user: Answer, etag = '*') =>
  call(`DELETE ${place(user.body.customerId, personOf(user.body.id))}`, {
    as,
    headers: { 'if-match': etag },
  });
const shown = async (customerId: string) =>
  (await call(`GET /v1/customers/${customerId}/administrators`, { as })).body.items.map(
    ({ personId }: { personId: string }) => personId,
  );
const settled = async () => {
  const customer = await plantNode(rootOf(msp.id));
  return { customer, first: await add(customer, as) };
};

describe('an administrator who is a user', () => {
  it('shows the role in both views, and in neither once it is taken by either door', async () => {
    const { customer, first } = await settled();
    const second = await add(customer, as, {
      ...preset('CUSTOMER_ADMINISTRATOR'),
      email: `${part()}@mail.example`,
    });
    expect((await shown(customer.id)).sort()).toEqual(
      [first, second].map((one) => personOf(one.body.id)).sort(),
    );
    expect((await dismiss(second, '"7"')).status).toBe(412);
    expect((await dismiss(second, '"1"')).status).toBe(204);
    expect((await read(second, as)).body).toMatchObject({ role: null, roles: [], status: 'Pending' });
    const list = await call(`GET /v1/customers/${customer.id}/users?q=%25mail.example`, { as });
    expect(list.body.items[0].roles).toEqual([]);
    expect(await shown(customer.id)).toEqual([personOf(first.body.id)]);
    expect((await call('GET /v1/me', { as: callerOf(second) })).status).toBe(401);
    expect((await change(second, as, { lastName: 'Lo' }, '*')).body.roles).toEqual([]);
    expect((await call('GET /v1/me', { as: callerOf(second) })).status).toBe(401);
    expect((await dismiss(second)).status).toBe(404);
    await change(second, as, preset('CUSTOMER_ADMINISTRATOR'), '*');
    expect((await call('GET /v1/me', { as: callerOf(second) })).status).toBe(200);
    await change(second, as, { role: null }, '*');
    expect(await shown(customer.id)).toEqual([personOf(first.body.id)]);
  });

  it('with a collection loses it whole, and the collection counts a holder less', async () => {
    const { customer } = await settled();
    const made = await call('POST /v1/role-collections', {
      as,
      body: { name: part(), roles: ['CUSTOMER_ADMINISTRATOR', 'SERVICE_ADMINISTRATOR'] },
    });
    const user = await add(customer, as, { role: { collectionId: made.body.id } });
    expect((await dismiss(user)).status).toBe(204);
    expect((await read(user, as)).body).toMatchObject({ role: null, roles: [] });
    expect((await call(`GET ${made.headers.location}`, { as })).body.users).toBe(0);
  });

  it('who is disabled or expires does not make another dispensable, by either door', async () => {
    const { customer, first } = await settled();
    const second = await add(customer, as, preset('CUSTOMER_ADMINISTRATOR'));
    for (const body of [{ disabled: true }, { disabled: false, expiresOn: '2999-01-01' }]) {
      expect((await change(second, as, body, '*')).status).toBe(200);
      expect((await dismiss(first)).body.code).toBe('customers.last_administrator');
      expect((await remove(first, as)).body.code).toBe('users.last_administrator');
    }
    expect((await change(second, as, { expiresOn: null }, '*')).status).toBe(200);
    expect((await dismiss(first)).status).toBe(204);
    expect((await remove(second, as)).body.code).toBe('users.last_administrator');
  });

  it('and one of the company keep each other: of all taken at once by both doors one stays', async () => {
    for (let round = 0; round < 4; round++) {
      const company = await addCompany(msp);
      const [person] = company.people;
      const { body } = await call('POST /v1/customers', {
        as,
        body: {
          companyId: company.id,
          accountManagerEmail: 'manager@msp.example.com',
          administrators: [person?.id],
        },
      });
      const domain = `${part()}.example`;
      await call(`PATCH /v1/customers/${body.id}`, {
        as,
        headers: { 'if-match': '*' },
        body: { domains: [{ name: domain, primary: true }] },
      });
      const customer: Planted = { id: body.id, path: [], domain };
      const users = [await add(customer, as), await add(customer, as, preset('CUSTOMER_ADMINISTRATOR'))];
      const [one, two] = users as [Answer, Answer];
      const company$ = call(`DELETE ${place(body.id, person?.id ?? '')}`, {
        as,
        headers: { 'if-match': '*' },
      });
      const gone = await Promise.all([company$, dismiss(one), remove(two, as)]);
      expect(gone.map(({ status }) => status).sort()).toEqual([204, 204, 409]);
      expect(await shown(body.id)).toHaveLength(1);
    }
  });

  it('of a reseller’s customer who is the last stays, also for the reseller', async () => {
    const { admin: seller } = await plantReseller(msp);
    const child = await plantDirectly(seller);
    const customer: Planted = { id: child.id, path: [], domain: child.domains[0].name };
    const first = await add(customer, seller);
    const taken = await call(`DELETE ${place(child.id, personOf(first.body.id))}`, {
      as: seller,
      headers: { 'if-match': '*' },
    });
    expect(taken.body.code).toBe('customers.last_administrator');
  });
});
