import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { announcedBy, deliver, react } from '../kit/deliver.ts';
import { quick } from '../kit/forest.ts';
import { type Mailbox, openMailbox } from '../kit/mailbox.ts';
import { passwordReset } from '../kit/sealing.ts';
import { plantNode, rootOf } from '../kit/tree.ts';
import { addCompany, call, ensureMspMode, type Msp, makeMsp } from '../kit/world.ts';
import { add, callerOf, change, part, preset, read, remove } from '../users/people.ts';
import { deskOf } from './desk.ts';
import { asked, makeAccount, reply } from './import-scene.ts';

let msp: Msp;
let mailbox: Mailbox;
beforeAll(async () => {
  mailbox = await openMailbox();
  msp = await makeMsp();
  await ensureMspMode(msp);
});
afterAll(() => mailbox.close());

const own = { status: 409, body: { code: 'access.customers_own' } };
const any = { 'if-match': '*' };
const administrator = preset('CUSTOMER_ADMINISTRATOR');

/** A customer with two administrators of its own, who are users, and whether it has said what its partner may. */
async function settled(decides: boolean) {
  const customer = await plantNode(rootOf(msp.id));
  const first = await add(customer, msp.catalog);
  const second = await add(customer, msp.catalog, { ...administrator, email: `${part()}@own.example` });
  const desk = deskOf(msp, { id: customer.id, admin: callerOf(first) });
  if (decides) {
    await desk.asks();
    expect((await desk.decides({ decision: 'REFUSE' })).status).toBe(200);
  }
  return { customer, first, second, desk };
}

describe('who administers a customer that has decided for itself', () => {
  it('is said by its own administrators alone: nobody is added, given the role, or signs in otherwise', async () => {
    const { customer, first, second, desk } = await settled(true);
    const by = msp.catalog;
    const plain = await add(customer, by);
    const made = await call('POST /v1/role-collections', {
      as: by,
      body: { name: part(), roles: ['CUSTOMER_ADMINISTRATOR', 'SERVICE_ADMINISTRATOR'] },
    });
    const collection = { role: { collectionId: made.body.id } };
    for (const more of [administrator, collection]) {
      expect(await add(customer, by, more)).toMatchObject(own);
      expect(await change(plain, by, more, '*')).toMatchObject(own);
    }
    for (const body of [
      { email: `${part()}@partner.example` },
      { upn: `${part()}@${customer.domain}` },
      { role: null },
      preset('USER_ADMINISTRATOR'),
      { disabled: true },
      { expiresOn: '2027-01-01' },
    ])
      expect(await change(second, by, body, '*'), JSON.stringify(body)).toMatchObject(own);
    expect(await remove(second, by)).toMatchObject(own);
    const at = String(second.headers.location);
    expect(await call(`POST ${at}/password-reset`, { as: by, body: passwordReset })).toMatchObject(own);
    expect(await call(`POST ${at}/deprovision`, { as: by })).toMatchObject(own);
    const role = `/v1/customers/${customer.id}/administrators/${callerOf(second).person}`;
    for (const dryRun of ['', '?dryRun=true'])
      expect(await call(`DELETE ${role}${dryRun}`, { as: by, headers: any })).toMatchObject(own);
    expect((await read(second, by)).body).toMatchObject({
      email: second.body.email,
      roles: second.body.roles,
    });

    // What decides nothing is the partner's to do as before; its own people do as they like.
    expect((await change(second, by, { lastName: 'Lo' }, '*')).status).toBe(200);
    expect((await change(plain, by, preset('USER_ADMINISTRATOR'), '*')).status).toBe(200);
    expect((await remove(plain, by)).status).toBe(204);
    const mine = callerOf(first);
    expect((await add(customer, mine, administrator)).status).toBe(201);
    expect((await change(second, mine, { role: null }, '*')).status).toBe(200);
    expect((await announcedBy(customer.id)).map(({ type }) => type)).toContain('access.changed.v1');

    // Handed over, it is the partner's again.
    await desk.decides({ decision: 'HAND_OVER' });
    expect((await add(customer, by, administrator)).status).toBe(201);
  });

  it('counts for people of its company too, and for the first user', async () => {
    const company = await addCompany(msp, { people: 2 });
    const [one, two] = company.people;
    const administrators = [one?.id];
    const body = { companyId: company.id, accountManagerEmail: 'manager@msp.example.com', administrators };
    const customer = (await call('POST /v1/customers', { as: msp.catalog, body })).body;
    const admin = {
      tenant: customer.id,
      person: one?.id ?? '',
      roles: ['CUSTOMER_ADMINISTRATOR'],
      email: '',
    };
    const desk = deskOf(msp, { id: customer.id, admin });
    await desk.gives();
    const path = `/v1/customers/${customer.id}/administrators`;
    const send = { as: msp.catalog, body: { personId: two?.id } };
    expect(await call(`POST ${path}`, send)).toMatchObject(own);
    expect(await call(`POST ${path}?dryRun=true`, send)).toMatchObject(own);
    const person = `PATCH /v1/companies/${company.id}/people/${one?.id}`;
    const email = { email: `${part()}@partner.example` };
    expect(await call(person, { as: msp.catalog, body: email, headers: any })).toMatchObject({
      status: 409,
      body: { code: 'people.administers_customer' },
    });
  });

  it('counts from the confirmation of an import on, whose first user would be an administrator', async () => {
    const account = await makeAccount();
    const { token } = await asked({ partner: msp.catalog, account, mailbox });
    expect((await reply(token, { email: account.admin.email })).status).toBe(200);
    const path = `/v1/customers/${account.id}`;
    const domains = [{ name: `${part()}.example`, primary: true }];
    const changed = await call(`PATCH ${path}`, { as: msp.catalog, body: { domains }, headers: any });
    expect(changed.status, JSON.stringify(changed.body)).toBe(200);
    const customer = { id: account.id, path: [], domain: domains[0]?.name ?? '' };
    expect(await add(customer, msp.catalog)).toMatchObject(own);
    expect(await add(customer, msp.catalog, administrator)).toMatchObject(own);
  });

  it('is not passed over in the same instant: a decision and an addition, and no administrator of the partner after it', async () => {
    for (let round = 0; round < 6; round++) {
      const { customer, desk } = await settled(false);
      await desk.asks();
      const [decided, added] = await Promise.all([
        desk.decides({ decision: 'REFUSE' }),
        add(customer, msp.catalog, administrator),
      ]);
      expect(decided.status).toBe(200);
      expect([201, 409]).toContain(added.status);
      if (added.status === 409) expect(added).toMatchObject(own);
      expect(await add(customer, msp.catalog, administrator)).toMatchObject(own);
    }
  });
});

describe('a change from above of who administers a customer', () => {
  it('is mailed to all who administered it before and after, whatever the communications say', async () => {
    const { customer, first, second, desk } = await settled(false);
    await call(`PUT ${desk.path}/management`, {
      as: msp.catalog,
      body: { managementType: 'BOTH', communications: 'PARTNER_ONLY' },
      headers: any,
    });
    await deliver(customer.id);
    const told = (address: string) =>
      mailbox.to(address).filter(({ text }) => text.includes('administrator'));
    const before = told(first.body.email).length;
    const moved = `${part()}@partner.example`;
    const steps = [
      () => change(second, msp.catalog, { email: moved }, '*'),
      () => change(second, msp.catalog, { role: null }, '*'),
      () => change(second, msp.catalog, administrator, '*'),
      () => remove(second, msp.catalog),
    ];
    for (const [at, step] of steps.entries()) {
      expect((await step()).status).toBeLessThan(300);
      await deliver(customer.id);
      expect(told(first.body.email)).toHaveLength(before + at + 1);
      expect(told(moved)).toHaveLength(at + 1);
    }
    // The address before, once for being added and once for being left.
    expect(told(second.body.email).filter(({ text }) => text.includes(moved))).toHaveLength(1);
    const events = (await announcedBy(customer.id)).filter(
      ({ type }) => type === 'access.administration_changed.v1',
    );
    expect(JSON.stringify(events)).not.toContain('@');
    const count = mailbox.mails.length;
    for (const one of events) await react(one);
    expect(mailbox.mails).toHaveLength(count);
  });

  it('is none where the customer changes its own, nor where nothing of that changes', async () => {
    const { customer, first, second } = await settled(false);
    const changes = async () =>
      (await announcedBy(customer.id)).filter(({ type }) => type === 'access.administration_changed.v1')
        .length;
    const before = await changes();
    await change(second, msp.catalog, { lastName: 'Lo' }, '*');
    await add(customer, msp.catalog, preset('USER_ADMINISTRATOR'));
    await change(second, callerOf(first), { email: `${part()}@own.example` }, '*');
    expect(await changes()).toBe(before);
  });

  it('is escaped in its mail', async () => {
    const name = `<b>Bold</b> ${part()}`;
    const { body } = await call('POST /v1/customers', { as: msp.catalog, body: quick({ name }) });
    const domain = body.domains?.[0]?.name ?? body.domains?.[0];
    const customer = { id: body.id, path: [], domain: String(domain) };
    const first = await add(customer, msp.catalog);
    await deliver(customer.id);
    const [mail] = mailbox.to(first.body.email);
    expect(mail?.subject).toContain(name);
    expect(mail?.html).not.toContain('<b>Bold');
  });
});
