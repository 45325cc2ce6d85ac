import { randomUUID } from 'node:crypto';
import { domainToASCII } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { get } from '../../lib/aws/db.ts';
import { newId } from '../../lib/aws/world.ts';
import { managementKey, nodeKey, settingsKey } from '../../lib/kit/keys.ts';
import type { Product } from '../../lib/licensing/product.ts';
import { plantReseller } from '../kit/forest.ts';
import { type Mailbox, openMailbox } from '../kit/mailbox.ts';
import { type Caller, call, enlist, ensureMspMode, type Msp, makeMsp } from '../kit/world.ts';
import { announcedBy } from '../licensing/desk.ts';
import { any, stockProduct } from '../licensing/shelf.ts';
import { react, receiptsOf } from '../notifications/scene.ts';
import { orderOf } from './order.ts';

let msp: Msp;
let box: Mailbox;
let guard: Product;
let leased: Product;
beforeAll(async () => {
  box = await openMailbox();
  msp = await makeMsp();
  await ensureMspMode(msp);
  guard = await stockProduct(msp, { name: 'Guard' });
  leased = await stockProduct(msp, { name: 'Leased', mspLicence: true });
});
afterAll(() => box.close());

const add = (body: unknown, as = msp.catalog, query = '') =>
  call(`POST /v1/managed-customers${query}`, { as, body });
const count = async () => (await get(settingsKey(msp.id, 'MSP_MODE'), true))?.customers;

describe('a customer that is added in order', () => {
  const trial = () => ({ source: 'TRIAL', productId: guard.id });
  const msplicence = (seats = 10) => ({ source: 'MSP', productId: leased.id, seats });

  it('is there at once with its administrator, management and licences, and its contact is told', async () => {
    const order = orderOf({
      ...{ managementType: 'PARTNER', communications: 'PARTNER_ONLY' },
      company: { timeZone: 'Pacific/Auckland' },
      products: [trial(), msplicence()],
    });
    const before = await count();
    const added = await add(order);
    expect(added).toMatchObject({
      status: 201,
      body: {
        customer: { name: order.company.name, parentId: msp.id, timeZone: 'Pacific/Auckland' },
        administrator: { name: 'Con Tact', email: order.contact.email },
        ...{ managementType: 'PARTNER', communications: 'PARTNER_ONLY' },
        subscriptions: [
          { kind: 'TRIAL', productId: guard.id, seats: 25, timeZone: 'Pacific/Auckland' },
          { kind: 'MSP', productId: leased.id, seats: 10, endsAt: null },
        ],
      },
    });
    const { customer, administrator, subscriptions } = added.body;
    expect(added.headers.location).toBe(`/v1/customers/${customer.id}`);
    expect(await count()).toBe(Number(before) + 1);
    const as: Caller = {
      ...{ tenant: customer.id, person: administrator.id, provider: msp.id },
      ...{ roles: ['CUSTOMER_ADMINISTRATOR'], email: administrator.email },
    };
    const read = (path: string) => call(`GET ${path}`, { as });
    expect((await read(`/v1/customers/${customer.id}`)).body).toEqual(customer);
    expect((await read('/v1/me')).body).toMatchObject({ personId: administrator.id });
    const held = await read(`/v1/customers/${customer.id}/subscriptions`);
    expect(held.body.items).toEqual(expect.arrayContaining(subscriptions));
    expect(await get(managementKey(customer.id), true)).toMatchObject({ managementType: 'PARTNER' });
    const receipts = await receiptsOf(customer.id);
    expect(receipts).toHaveLength(1);
    expect(JSON.stringify(receipts)).not.toContain(order.contact.email);
    expect(receipts[0]).toMatchObject({
      action: 'customers.add',
      after: { administrators: [administrator.id], managementType: 'PARTNER' },
    });
    const events = await announcedBy(customer.id);
    expect(events.map(({ type }) => type)).toEqual([
      'customers.added.v1',
      'licensing.subscription_changed.v1',
      'licensing.subscription_changed.v1',
      'access.managed_customer_added.v1',
    ]);
    const told = events.filter(({ type }) => type === 'access.managed_customer_added.v1');
    for (const event of [...told, ...told]) await react(event);
    expect(box.mails).toHaveLength(1);
    const [mail] = box.mails;
    expect(mail).toMatchObject({ to: [order.contact.email] });
    expect(mail?.subject).toContain(`added ${order.company.name} as a customer`);
    for (const part of [
      'manages your console',
      'alone',
      'a trial of Guard with 25 seats',
      'Leased on the MSP',
    ])
      expect(mail?.text).toContain(part);
  });

  it('is BOTH in communications, without products, where nothing else is said', async () => {
    const { body } = await add(orderOf());
    expect(body).toMatchObject({ communications: 'BOTH', subscriptions: [] });
  });

  it('is decided and not written in a dry run', async () => {
    const order = orderOf({ products: [trial()] });
    const before = await count();
    const dry = await add(order, msp.catalog, '?dryRun=true');
    expect(dry).toMatchObject({ status: 200, headers: { 'quartermaster-dry-run': 'true' } });
    expect(await get(nodeKey(dry.body.customer.id), true)).toBeUndefined();
    expect(await count()).toBe(before);
    expect((await add(order)).status).toBe(201);
  });

  it('holds 20 domains and 10 trials in one transaction, below a reseller', async () => {
    const { id: reseller } = await plantReseller(msp);
    const many = await Promise.all(Array.from({ length: 10 }, () => stockProduct(msp)));
    const unique = randomUUID().slice(0, 8);
    // Each below another one: all that a transaction may have to mark.
    const domains = Array.from({ length: 20 }, (_, at) => ({
      name: `d${at}.${at}${unique}.example`,
      primary: at === 0,
    }));
    const order = orderOf({
      company: { parentId: reseller, domain: undefined, domains, billingId: `B-${unique}`, code: undefined },
      products: many.map(({ id }) => ({ source: 'TRIAL', productId: id })),
    });
    const added = await add(order);
    expect(added.status, JSON.stringify(added.body)).toBe(201);
    expect(added.body.subscriptions).toHaveLength(10);
  });

  it('is added by a reseller below itself, whose own people are no contacts either', async () => {
    const selling = orderOf();
    const reseller = (await add(selling)).body.customer.id;
    await call(`PUT /v1/customers/${reseller}/reseller-service`, { as: msp.catalog, headers: any });
    const seller = await enlist(reseller, ['CUSTOMER_ADMINISTRATOR']);
    const sold = await add(orderOf({ products: [trial()] }), seller);
    expect(sold).toMatchObject({ status: 201, body: { customer: { parentId: reseller } } });
    for (const email of [selling.contact.email, msp.catalog.email, `it@sub.${selling.company.domain}`])
      expect((await add(orderOf({ contact: { email } }), seller)).body).toMatchObject({
        code: 'access.contact_is_partner',
        errors: [{ pointer: '#/contact/email' }],
      });
  });
});

describe('the contact of a customer', () => {
  const host = `partner-${randomUUID().slice(0, 8)}.example`;
  const alike = domainToASCII(host.replace('a', 'а'));
  let own: Msp;
  beforeAll(async () => {
    own = await makeMsp({ administrator: { name: 'Ada', email: `ada@${host}` } });
    await ensureMspMode(own);
  });
  const named = (email: string, more: Record<string, unknown> = {}) =>
    add(orderOf({ contact: { email, ...more } }), own.catalog);

  it.each([
    ['the very address', `ada@${host}`],
    ['in capitals', `ADA@${host.toUpperCase()}`],
    ['with a plus', `ada+customer@${host}`],
    ['of a colleague', `bob@${host}`],
    ['of a domain below', `bob@mail.${host}`],
    ['of a domain that looks like it', `bob@${alike}`],
    ['below one that looks like it', `bob@mail.${alike}`],
  ])('is not the partner’s: %s', async (_, email) => {
    expect((await named(email)).body).toMatchObject({
      code: 'access.contact_is_partner',
      errors: [{ pointer: '#/contact/email' }],
    });
  });

  it('is not the partner’s domain read from above either', async () => {
    const below = await makeMsp({ administrator: { name: 'Ada', email: `ada@mail.${alike}` } });
    await ensureMspMode(below);
    const refused = await add(orderOf({ contact: { email: `bob@${host}` } }), below.catalog);
    expect(refused.body.code).toBe('access.contact_is_partner');
  });

  it('may be of a domain of the partner where that is attested, which the audit says; never the person', async () => {
    for (const email of [`ada@${host}`, `ADA+x@${host}`, `ada@${alike}`])
      expect((await named(email, { attested: true })).body.code).toBe('access.contact_is_partner');
    const added = await named(`carol@${host}`, { attested: true });
    expect(added.status).toBe(201);
    const [receipt] = await receiptsOf(added.body.customer.id);
    expect(receipt).toMatchObject({ after: { contactAttested: true } });
  });

  it('is never of a domain that the partner has registered, whatever is attested', async () => {
    const domain = `registered-${randomUUID().slice(0, 8)}.example`;
    const registered = await makeMsp({ domains: [domain] });
    await ensureMspMode(registered);
    for (const host of [domain, `mail.${domain}`, domainToASCII(domain.replace('e', 'е'))]) {
      const { body } = await add(
        orderOf({ contact: { email: `carol@${host}`, attested: true } }),
        registered.catalog,
      );
      expect(body, host).toMatchObject({
        code: 'access.contact_is_partner',
        errors: [{ pointer: '#/contact/email' }],
      });
    }
    for (const [pointer, company] of [
      ['#/company/domain', { domain }],
      ['#/company/domain', { domain: `mail.${domain}` }],
      [
        '#/company/domains/1/name',
        { domain: undefined, domains: [{ name: 'a.example', primary: true }, { name: domain }] },
      ],
      ['#/company/email', { email: registered.catalog.email }],
    ] as const)
      expect((await add(orderOf({ company }), registered.catalog)).body).toMatchObject({
        code: 'access.contact_is_partner',
        errors: [{ pointer }],
      });
  });

  it('is not of a company that has the partner’s name', async () => {
    const { body } = await call(`GET /v1/providers/${own.id}`, { as: own.system });
    const refused = await add(orderOf({ company: { name: `${body.name}.` } }), own.catalog);
    expect(refused.body).toMatchObject({
      code: 'access.contact_is_partner',
      errors: [{ pointer: '#/company/name' }],
    });
  });

  it('signs in nowhere else', async () => {
    const order = orderOf();
    expect((await add(order, own.catalog)).status).toBe(201);
    const again = orderOf({ contact: { email: order.contact.email } });
    expect((await add(again)).body).toMatchObject({
      code: 'members.address_in_use',
      errors: [{ pointer: '#/contact' }],
    });
  });
});

describe('what a customer begins with', () => {
  const asked = (product: Record<string, unknown>) => add(orderOf({ products: [product] }));
  it('is a trial or the partner’s MSP licence', async () => {
    const retired = await stockProduct(msp);
    await call(`PATCH /v1/products/${retired.id}`, {
      ...{ as: msp.catalog, headers: any, body: { state: 'RETIRED' } },
    });
    const before = await count();
    for (const [code, product] of [
      ['access.trials_only', { source: 'PURCHASE', productId: guard.id }],
      ['access.trials_only', { source: 'LICENCE_KEY', productId: guard.id }],
      ['licensing.msp_not_offered', { source: 'MSP', productId: guard.id, seats: 5 }],
      ['licensing.product_retired', { source: 'TRIAL', productId: retired.id }],
      ['licensing.product_unknown', { source: 'TRIAL', productId: newId('product', 1) }],
    ] as const) {
      const refused = await asked(product);
      expect(refused.body.code).toBe(code);
      expect(refused.body.errors[0].pointer).toMatch(/^#\/products\/0/);
    }
    expect(await count()).toBe(before);
  });

  const host = () => `again-${randomUUID().slice(0, 8)}.example`;
  const own = (...names: string[]) => ({
    domain: undefined,
    domains: names.map((name, at) => ({ name, primary: at === 0 })),
  });
  const products: { source: string; productId: string }[] = [];
  beforeAll(() => void products.push({ source: 'TRIAL', productId: guard.id }));

  /** A customer that had its trial and was deleted. */
  async function leaver(company: Record<string, unknown>): Promise<void> {
    const added = await add(orderOf({ company, products }));
    expect(added.status, JSON.stringify(added.body)).toBe(201);
    const { customer, administrator, subscriptions } = added.body;
    const at = `/v1/customers/${customer.id}`;
    await call(`DELETE ${at}/subscriptions/${subscriptions[0].id}`, { as: msp.catalog, headers: any });
    await call(`DELETE ${at}/administrators/${administrator.id}`, { as: msp.catalog, headers: any });
    const gone = await call(`DELETE ${at}`, { as: msp.catalog, headers: any });
    expect(gone.status, JSON.stringify(gone.body)).toBe(204);
  }

  it.each([
    ['the same domain', (old: string) => [own(old), { domain: old }]],
    ['another domain before it', (old: string) => [own(old), own(host(), old)]],
    ['one that was not the first', (old: string) => [own(host(), old), { domain: old }]],
    ['one below it', (old: string) => [own(old), { domain: `x.y.${old}` }]],
    ['one above it', (old: string) => [own(`x.y.${old}`), own(host(), old)]],
    ['one that is read as it', (old: string) => [own(old), { domain: domainToASCII(old.replace('a', 'а')) }]],
    ['its name', () => [{ name: 'Northwind Traders' }, { name: 'N0RTHWIND-Traders.' }]],
  ] as [string, (old: string) => [Record<string, unknown>, Record<string, unknown>]][])(
    'is no second trial of a customer that was there before: %s',
    async (_, told) => {
      const [before, after] = told(host());
      await leaver(before);
      expect((await add(orderOf({ company: after, products }))).body).toMatchObject({
        code: 'licensing.trial_had',
        errors: [{ pointer: '#/products/0' }],
      });
      const other = await stockProduct(msp);
      const rest = orderOf({ company: after, products: [{ source: 'TRIAL', productId: other.id }] });
      expect((await add(rest)).status).toBe(201);
    },
  );

  it('is a trial of another customer that stands beside it below one domain', async () => {
    const old = host();
    await leaver(own(`a.${old}`));
    expect((await add(orderOf({ company: { domain: `b.${old}` }, products }))).status).toBe(201);
  });

  it('is marked for all its trials at once, and points at them all where one was had', async () => {
    const old = host();
    await leaver(own(old));
    const other = await stockProduct(msp);
    const both = [...products, { source: 'TRIAL', productId: other.id }];
    expect((await add(orderOf({ company: own(host(), old), products: both }))).body).toMatchObject({
      code: 'licensing.trial_had',
      errors: [{ pointer: '#/products' }],
    });
  });

  it.each([
    ['#/managementType', { managementType: 'NOBODY' }],
    ['#/communications', { communications: 'NOBODY' }],
    ['#/company', { company: { domain: undefined } }],
    ['#/contact/email', { contact: { email: 'nobody' } }],
    ['#/contact/phone', { contact: { phone: '1' } }],
    ['#/products', { products: 'all' }],
    ['#/products/0/seats', { products: [{ source: 'MSP', productId: newId('product', 1) }] }],
    ['#/products/0/seats', { products: [{ source: 'TRIAL', productId: newId('product', 1), seats: 9 }] }],
    [
      '#/products',
      {
        products: [1, 1].map((at) => ({
          source: 'TRIAL',
          productId: newId('product', at).slice(0, 14) + '0'.repeat(16),
        })),
      },
    ],
    ['#/reason', { reason: 'none' }],
  ])('names %s in a refusal of %j', async (pointer, more) => {
    const answer = await add(orderOf(more as Parameters<typeof orderOf>[0]));
    expect(answer.status).toBe(400);
    const pointers = answer.body.errors.map((one: { pointer: string }) => one.pointer);
    expect(
      pointers.some((one: string) => one.startsWith(pointer)),
      pointers.join(),
    ).toBe(true);
  });
});

describe('the company of a customer', () => {
  it('is refused as anywhere, by its place in the whole, before contact and products are looked at', async () => {
    const first = orderOf({ company: { code: 'FIRST', billingId: 'B-1' } });
    expect((await add(first)).status).toBe(201);
    const { name, domain } = first.company;
    const contact = { email: msp.catalog.email };
    const standing = (await add(orderOf())).body.customer.id;
    for (const [code, pointer, company] of [
      ['customers.domain_taken', '#/company/domains/0', { domain }],
      ['customers.parent_not_reseller', '#/company', { parentId: standing }],
      ['resource.not_found', '#/company', { parentId: newId('customer', 1) }],
    ] as const)
      expect((await add(orderOf({ company, contact }))).body).toMatchObject({ code, errors: [{ pointer }] });
    for (const [code, pointer, company] of [
      ['customers.name_taken', '#/company', { name }],
      ['customers.code_taken', '#/company/code', { code: 'FIRST' }],
      ['customers.billing_id_taken', '#/company/billingId', { billingId: 'B-1' }],
    ] as const)
      expect((await add(orderOf({ company }))).body).toMatchObject({ code, errors: [{ pointer }] });
  });

  it('needs MSP mode', async () => {
    const closed = await makeMsp();
    expect((await add(orderOf(), closed.catalog)).body.code).toBe('customers.msp_mode_off');
  });

  it('has no more than what is given above, and stands ten levels deep at most', async () => {
    const restricted = { restrictedRoles: ['SERVICE_ADMINISTRATOR'], userLimit: 5 };
    const { body } = await add(orderOf({ company: restricted }));
    const parentId = body.customer.id;
    await call(`PUT /v1/customers/${parentId}/reseller-service`, { as: msp.catalog, headers: any });
    await call(`PATCH /v1/customers/${parentId}/settings`, {
      ...{ as: msp.catalog, headers: any, body: { ouStructure: 'BY_DEPARTMENT', locks: ['ouStructure'] } },
    });
    for (const [code, company] of [
      ['customers.role_restricted', { allowedRoles: ['SERVICE_ADMINISTRATOR'] }],
      ['customers.limit_above_parent', { userLimit: 6 }],
      ['customers.setting_locked', { ouStructure: 'UNGROUPED' }],
    ] as const)
      expect((await add(orderOf({ company: { parentId, ...company } }))).body.code).toBe(code);
    let deep = parentId;
    for (let depth = 3; depth <= 10; depth++) deep = (await plantReseller(msp, deep)).id;
    expect((await add(orderOf({ company: { parentId: deep } }))).body.code).toBe('customers.too_deep');
  });

  it('is added by sellers alone', async () => {
    for (const as of [msp.reader, msp.system]) expect((await add(orderOf(), as)).status).toBe(403);
  });
});
