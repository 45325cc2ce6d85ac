import { beforeAll, describe, expect, it } from 'vitest';
import { addCompany, addCustomer, call, type Msp, makeMsp } from '../kit/world.ts';

let msp: Msp;
let other: Msp;
beforeAll(async () => {
  msp = await makeMsp();
  other = await makeMsp();
});

const manager = 'Manager@MSP.example.com';

describe('adding a customer', () => {
  it('makes a company a customer whose administrator signs in there', async () => {
    const company = await addCompany(msp, { name: `Alpine Dairy ${msp.id}`.slice(0, 50) });
    const administrators = company.people.map((one) => one.id);
    const body = {
      companyId: company.id,
      accountManagerEmail: manager,
      administrators,
      timeZone: 'Europe/Vienna',
    };
    const added = await call('POST /v1/customers', { as: msp.catalog, body });
    expect(added).toMatchObject({
      status: 201,
      headers: { etag: '"1"', location: `/v1/customers/${added.body.id}` },
      body: {
        parentId: msp.id,
        companyId: company.id,
        accountManagerEmail: 'Manager@msp.example.com',
        timeZone: 'Europe/Vienna',
        city: null,
        state: 'ACTIVE',
      },
    });
    const admin = {
      tenant: added.body.id,
      person: administrators[0] ?? '',
      roles: ['CUSTOMER_ADMINISTRATOR'],
      email: '',
    };
    expect((await call('GET /v1/me', { as: admin })).body.node.path).toEqual([
      expect.any(String),
      msp.id,
      added.body.id,
    ]);
    const read = await call(`GET /v1/customers/${added.body.id}`, { as: admin });
    expect(read.body).toEqual(added.body);
  });
});

it('is reached through the helper', async () => {
  const { id, admin } = await addCustomer(msp);
  expect((await call(`GET /v1/customers/${id}`, { as: admin })).status).toBe(200);
  expect((await call(`GET /v1/customers/${id}`, { as: other.catalog })).status).toBe(404);
});
