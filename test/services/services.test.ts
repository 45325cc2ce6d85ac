import { beforeAll, describe, expect, it } from 'vitest';
import { newId } from '../../lib/aws/world.ts';
import { announcedBy } from '../kit/deliver.ts';
import { plantNode, rootOf } from '../kit/tree.ts';
import { type Caller, call, enlist, type Msp, makeMsp } from '../kit/world.ts';
import { add, change, remove } from '../users/people.ts';
import { define, give, giveUser, offer, price, readUser, take, takeUser, withdraw } from './desk.ts';

let msp: Msp;
let as: Caller;
beforeAll(async () => {
  msp = await makeMsp();
  as = msp.catalog;
});
const any = { 'if-match': '*' };
const seller = (id: string) => enlist(id, ['RESELLER_FULL_ADMINISTRATOR']);

describe('services', () => {
  it('are defined once per code, renamed, and found by name', async () => {
    const made = await define(as, { name: 'Mailboxes', description: 'Mail' });
    expect(made).toMatchObject({ status: 201, headers: { etag: '"1"' }, body: { kind: 'USER' } });
    const path = made.headers.location ?? '';
    expect((await define(as, { code: made.body.code })).body).toMatchObject({
      code: 'services.code_taken',
      errors: [{ pointer: '#/code' }],
    });
    const patch = (body: object, etag = '*') =>
      call(`PATCH ${path}`, { as, body, headers: { 'if-match': etag } });
    expect((await patch({ name: 'Mail', description: null })).body).toMatchObject({
      name: 'Mail',
      description: null,
      kind: 'USER',
    });
    expect((await patch({ name: 'Post' }, '"1"')).status).toBe(412);
    expect((await patch({ name: 'Mail' })).headers.etag).toBe('"2"');
    expect((await patch({ code: 'OTHER' })).status).toBe(400);
    const listed = await call('GET /v1/services?q=mai', { as: msp.reader });
    expect(listed.body.items).toEqual([
      { id: made.body.id, code: made.body.code, name: 'Mail', kind: 'USER' },
    ]);
    const absent = `/v1/services/${newId('service', Date.now())}`;
    expect((await call(`GET ${absent}`, { as })).status).toBe(404);
    expect((await call(`PATCH ${absent}`, { as, body: {}, headers: any })).status).toBe(404);
    const other = await makeMsp();
    expect((await call(`GET ${path}`, { as: other.catalog })).status).toBe(404);
  });

  it('have plans for customers and users, whose prices can change', async () => {
    const [mail, site] = [await define(as), await define(as, { kind: 'CUSTOMER' })];
    const basic = await price(as, mail, { sku: 'M-1' });
    expect(basic).toMatchObject({ status: 201, body: { audience: 'CUSTOMER', salesPrice: 900, sku: 'M-1' } });
    expect((await price(as, site, { audience: 'USER' })).body.code).toBe('services.no_user_plans');
    expect((await price(as, mail, { salesPrice: 1.5 })).body.errors).toMatchObject([
      { pointer: '#/salesPrice' },
    ]);
    const path = basic.headers.location ?? '';
    const patch = (body: object) => call(`PATCH ${path}`, { as, body, headers: any });
    expect((await patch({ salesPrice: 1000, sku: null })).body).toMatchObject({
      salesPrice: 1000,
      sku: null,
    });
    expect((await patch({ salesPrice: 1000 })).headers.etag).toBe('"2"');
    expect((await call(`GET ${path}`, { as })).body.salesPrice).toBe(1000);
    const listed = await call(`GET ${mail.headers.location}/plans`, { as: msp.reader });
    expect(listed.body.items).toMatchObject([{ id: basic.body.id, costPrice: 500 }]);
    const absent = `${mail.headers.location}/plans/${newId('plan', Date.now())}`;
    expect((await call(`GET ${absent}`, { as })).status).toBe(404);
    expect((await call(`PATCH ${absent}`, { as, body: {}, headers: any })).status).toBe(404);
    const nowhere = `/v1/services/${newId('service', Date.now())}/plans`;
    expect((await call(`GET ${nowhere}`, { as })).status).toBe(404);
    expect((await price(as, { ...mail, headers: { location: nowhere.replace('/plans', '') } })).status).toBe(
      404,
    );
  });

  it('say in the event whether they may stand several times, when given and when taken', async () => {
    const customer = await plantNode(rootOf(msp.id));
    const service = await define(as, { multiInstance: true });
    await give(as, customer, service);
    await take(as, customer, service);
    const asked = await announcedBy(customer.id);
    expect(asked.map(({ data }) => data)).toMatchObject([
      { what: 'provision', multiInstance: true },
      { what: 'deprovision', multiInstance: true },
    ]);
  });

  it('are offered down the tree, each node only what it was itself offered', async () => {
    const reseller = await plantNode(rootOf(msp.id), { type: 'RESELLER' });
    const below = await plantNode(reseller, { type: 'RESELLER' });
    const customer = await plantNode(below);
    const [one, two] = [await seller(reseller.id), await seller(below.id)];
    const mail = await define(as);
    const basic = await price(as, mail);
    const code = 'services.not_offered';
    expect((await give(two, customer, mail)).body.code).toBe(code);
    expect((await offer(one, below, mail)).body.code).toBe(code);
    expect((await call(`GET ${mail.headers.location}`, { as: one })).status).toBe(404);
    expect((await offer(one, reseller, mail)).status).toBe(403);
    expect((await offer(as, reseller, mail)).status).toBe(201);
    expect((await offer(as, reseller, mail)).status).toBe(200);
    expect((await call(`GET ${mail.headers.location}`, { as: one })).status).toBe(200);
    const plans = await call(`GET ${mail.headers.location}/plans`, { as: one });
    expect(plans.body.items).toMatchObject([{ id: basic.body.id, costPrice: null, salesPrice: 900 }]);
    expect((await call(`GET ${mail.headers.location}/plans`, { as: two })).status).toBe(404);
    expect((await give(two, customer, mail)).body.code).toBe(code);
    expect((await offer(one, below, mail)).status).toBe(201);
    expect((await give(two, customer, mail, basic)).status).toBe(202);
    expect((await withdraw(as, reseller, mail)).body).toMatchObject({
      code: 'services.offer_in_use',
      held: 1,
    });
    expect((await withdraw(one, below, mail)).body.code).toBe('services.offer_in_use');
    const listed = await call(`GET /v1/customers/${reseller.id}/offers`, { as: one });
    expect(listed.body.items).toMatchObject([{ serviceId: mail.body.id, held: 1 }]);
    expect((await take(two, customer, mail)).body.status).toBe('NotProvisioned');
    expect((await withdraw(one, below, mail)).status).toBe(204);
    expect((await withdraw(one, below, mail)).status).toBe(404);
    expect((await withdraw(as, reseller, mail)).status).toBe(204);
    expect((await call(`GET /v1/customers/${reseller.id}/offers/${mail.body.id}`, { as })).status).toBe(404);
    expect((await call(`GET /v1/customers/${reseller.id}/offers`, { as: one })).body.items).toEqual([]);
    expect((await offer(as, reseller, mail)).status).toBe(201);
    expect((await offer(as, customer, mail)).status).toBe(404);
    const nothing = { ...mail, body: { id: newId('service', Date.now()) } };
    expect((await offer(as, reseller, nothing)).status).toBe(404);
    expect((await give(as, reseller, nothing)).status).toBe(404);
  });

  it('are never had from an offer that is withdrawn at the same moment', async () => {
    const mail = await define(as);
    for (let round = 0; round < 6; round++) {
      const reseller = await plantNode(rootOf(msp.id), { type: 'RESELLER' });
      const customers = [await plantNode(reseller), await plantNode(reseller)];
      await offer(as, reseller, mail);
      const [gone, ...given] = await Promise.all([
        withdraw(as, reseller, mail),
        ...customers.map((one) => give(as, one, mail)),
      ]);
      const had = given.filter(({ status }) => status === 202).length;
      const listed = await call(`GET /v1/customers/${reseller.id}/offers`, { as });
      expect(listed.body.items.length).toBe(gone?.status === 204 ? 0 : 1);
      if (gone?.status === 204) expect(had).toBe(0);
      else expect(listed.body.items[0].held).toBe(had);
    }
  });

  it('stand at a plan where they have any, chosen by whoever sells to the customer', async () => {
    const reseller = await plantNode(rootOf(msp.id), { type: 'RESELLER' });
    const customer = await plantNode(reseller);
    const [mail, free] = [await define(as), await define(as)];
    const [basic, gold] = [await price(as, mail), await price(as, mail, { name: 'Gold', salesPrice: 9000 })];
    for (const one of [mail, free]) await offer(as, reseller, one);
    const own = await enlist(customer.id, ['CUSTOMER_ADMINISTRATOR']);
    expect((await give(own, customer, mail, basic)).body.code).toBe('services.plan_by_seller');
    expect((await give(own, customer, mail)).body.code).toBe('services.plan_by_seller');
    expect((await give(own, customer, free)).status).toBe(202);
    expect((await give(as, customer, mail)).body).toMatchObject({
      code: 'services.plan_unknown',
      errors: [{ pointer: '#/planId' }],
    });
    const admin = await seller(reseller.id);
    expect((await give(admin, customer, mail, gold)).status).toBe(202);
    for (const [by, node] of [
      [own, customer],
      [admin, reseller],
    ] as const) {
      if (node === reseller) await give(as, reseller, mail, gold);
      for (const plan of [undefined, basic])
        expect((await give(by, node, mail, plan)).body.code).toBe('services.plan_by_seller');
      expect((await give(by, node, mail, gold)).status).toBe(202);
    }
    const month = new Date().toISOString().slice(0, 7);
    const bill = await call(`GET /v1/billing?month=${month}&customerId=${reseller.id}`, { as });
    expect(bill.body.items).toMatchObject([{ planName: 'Gold', quantity: 1, amount: 9000 }]);
    await add(customer, as);
    const user = await add(customer, as);
    await price(as, mail, { audience: 'USER', name: 'Seat' });
    expect((await giveUser(own, user, mail)).body.code).toBe('services.plan_unknown');
  });

  it('are had by users only within the customer’s time', async () => {
    const customer = await plantNode(rootOf(msp.id));
    await add(customer, as);
    const user = await add(customer, as);
    const [mail, site] = [await define(as), await define(as, { kind: 'CUSTOMER' })];
    const [basic, seat] = [await price(as, mail), await price(as, mail, { audience: 'USER', name: 'Seat' })];
    expect((await giveUser(as, user, mail)).body.code).toBe('services.customer_lacks');
    expect((await give(as, customer, mail, seat)).body).toMatchObject({
      code: 'services.plan_unknown',
      errors: [{ pointer: '#/planId' }],
    });
    const given = await give(as, customer, mail, basic);
    expect(given).toMatchObject({ status: 202, body: { status: 'Requested', planId: basic.body.id } });
    expect((await give(as, customer, mail, basic)).headers.etag).toBe(given.headers.etag);
    await give(as, customer, site);
    expect((await giveUser(as, user, site)).body.code).toBe('services.not_for_users');
    expect((await giveUser(as, user, mail, basic)).body.code).toBe('services.plan_unknown');
    expect((await giveUser(as, user, mail, seat)).status).toBe(202);
    expect((await giveUser(as, user, mail, seat)).status).toBe(202);
    const all = await call(`GET ${user.headers.location}/services`, { as });
    expect(all.body.items).toMatchObject([{ serviceId: mail.body.id, status: 'Requested' }]);
    expect((await readUser(as, user, mail)).body.status).toBe('Requested');
    expect((await take(as, customer, mail)).status).toBe(202);
    expect((await readUser(as, user, mail)).body.status).toBe('NotProvisioned');
    expect((await take(as, customer, mail)).status).toBe(404);
    expect((await give(as, customer, mail, basic)).status).toBe(202);
    expect((await readUser(as, user, mail)).body.status).toBe('NotProvisioned');
    expect((await takeUser(as, user, mail)).status).toBe(404);
    expect((await giveUser(as, user, mail, seat)).status).toBe(202);
    expect((await takeUser(as, user, mail)).body.status).toBe('NotProvisioned');
    const listed = await call(`GET /v1/customers/${customer.id}/services`, { as: msp.reader });
    expect(listed.body.items).toHaveLength(2);
    const one = await call(`GET /v1/customers/${customer.id}/services/${site.body.id}`, { as });
    expect(one.body.status).toBe('Requested');
    const asked = (await announcedBy(customer.id)).filter(({ type }) => type.startsWith('services.'));
    expect(asked.map(({ data }) => (data as { what: string }).what)).toEqual([
      'provision',
      'provision',
      'provision',
      'deprovision',
      'provision',
      'provision',
      'deprovision',
    ]);
    const nobody = {
      ...user,
      headers: { location: `/v1/customers/${customer.id}/users/${newId('user', 1)}` },
    };
    expect((await giveUser(as, nobody, mail)).status).toBe(404);
    expect((await readUser(as, nobody, mail)).status).toBe(404);
    expect((await call(`GET ${nobody.headers.location}/services`, { as })).status).toBe(404);
    const absent = `/v1/customers/${customer.id}/services/${newId('service', 1)}`;
    expect((await call(`GET ${absent}`, { as })).status).toBe(404);
  });

  it('end with the user, also with one that is deleted or flagged at the same moment', async () => {
    const customer = await plantNode(rootOf(msp.id));
    await add(customer, as);
    const mail = await define(as);
    await give(as, customer, mail);
    for (let round = 0; round < 6; round++) {
      const user = await add(customer, as, round % 2 ? { email: 'someone@mail.example' } : {});
      const [gone, given] = await Promise.all([remove(user, as), giveUser(as, user, mail)]);
      expect(gone.status).toBe(204);
      const left = await readUser(as, user, mail);
      expect(left.body.status).toBe(given.status === 202 ? 'NotProvisioned' : 404);
    }
    const user = await add(customer, as);
    await giveUser(as, user, mail);
    expect((await change(user, as, { testUser: true }, '*')).body.testUser).toBe(true);
    expect((await readUser(as, user, mail)).headers.etag).toBe('"2"');
  });

  it('are given by a customer’s own administrators within the offer, and are another tenant’s: not found', async () => {
    const customer = await plantNode(rootOf(msp.id));
    const own = await enlist(customer.id, ['CUSTOMER_ADMINISTRATOR']);
    const helper = await enlist(customer.id, ['SERVICE_ADMINISTRATOR']);
    const mail = await define(as);
    expect((await give(own, customer, mail)).status).toBe(202);
    expect((await give(helper, customer, mail)).status).toBe(403);
    const user = await add(customer, own);
    expect((await giveUser(helper, user, mail)).status).toBe(202);
    const stranger = (await makeMsp()).catalog;
    expect((await give(stranger, customer, mail)).status).toBe(404);
    expect((await readUser(stranger, user, mail)).status).toBe(404);
  });
});
