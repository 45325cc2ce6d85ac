import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { each } from '../../lib/aws/db.ts';
import { partition } from '../../lib/kit/keys.ts';
import { deliver } from '../kit/deliver.ts';
import { any, plantReseller } from '../kit/forest.ts';
import { type Mailbox, openMailbox } from '../kit/mailbox.ts';
import { addCustomer, type Caller, call, enlist, ensureMspMode, type Msp, makeMsp } from '../kit/world.ts';
import { buyer, shelf, stockProduct } from '../licensing/shelf.ts';
import { deskOf } from './desk.ts';
import { type Account, asked, askFor, importAt, look, makeAccount, pathOf, reply } from './import-scene.ts';

let msp: Msp;
let mailbox: Mailbox;
beforeAll(async () => {
  mailbox = await openMailbox();
  msp = await makeMsp();
  await ensureMspMode(msp);
});
afterAll(() => mailbox.close());

/** An account that has confirmed its partner. */
async function imported(): Promise<Account> {
  const account = await makeAccount();
  const { token } = await asked({ partner: msp.catalog, account, mailbox });
  expect((await reply(token, { email: account.admin.email })).status).toBe(200);
  await deliver(msp.id, account.id);
  return account;
}

const remove = (id: string) => call(`DELETE /v1/customers/${id}`, { as: msp.catalog, headers: any });

describe('an account that confirmed', () => {
  it('is not deleted by its partner, whatever it hands over: it is removed by a plan, and goes on', async () => {
    const { id, admin } = await imported();
    expect((await remove(id)).body).toMatchObject({ status: 409, code: 'customers.goes_by_plan' });
    const handed = await call(`POST /v1/customers/${id}/access/decision`, {
      as: admin,
      body: { decision: 'HAND_OVER' },
      headers: any,
    });
    expect(handed.status).toBe(200);
    expect((await remove(id)).body.code).toBe('customers.goes_by_plan');
    const planned = await call(`POST /v1/customers/${id}/removal-plans`, {
      as: msp.catalog,
      body: { licences: 'return-to-pool' },
    });
    const done = await call(`POST /v1/removal-plans/${planned.body.id}/execution`, { as: msp.catalog });
    expect(done.status).toBe(200);
    expect(await pathOf(id)).toBe(`plt_00000000000000000000000000/${id}`);
    expect((await call('GET /v1/me', { as: admin })).status).toBe(200);
  });

  it('is like a customer that its partner added and that has decided about its access since', async () => {
    const { id, admin } = await addCustomer(msp);
    const terms = { roles: ['CUSTOMER_OPERATOR'], mostMinutes: 30, approval: 'EACH' };
    const endsAt = new Date(Date.now() + 86_400_000).toISOString();
    const put = await call(`PUT /v1/customers/${id}/access`, {
      as: msp.catalog,
      body: { ...terms, endsAt },
      headers: any,
    });
    expect(put.status).toBe(200);
    const { headers } = await call(`GET /v1/customers/${id}/access`, { as: admin });
    const refused = await call(`POST /v1/customers/${id}/access/decision`, {
      as: admin,
      body: { decision: 'REFUSE' },
      headers: { 'if-match': headers.etag ?? '' },
    });
    expect(refused.status).toBe(200);
    expect((await remove(id)).body.code).toBe('customers.goes_by_plan');
  });
});

describe('what a partner writes', () => {
  const says = (message: string) => askFor(msp.catalog, 'nobody@account.example.com', { message });

  it('is taken as people write it', async () => {
    const lines = 'We spoke on Monday.\nKind regards, J. Huber';
    for (const message of [lines, 'Offer no. 7: 3.50 a seat, e.g. for you.']) {
      const { status, body } = await says(message);
      expect([status, body.message]).toEqual([201, message]);
    }
  });

  it('is refused where it reads as an address, in whatever letters', async () => {
    for (const message of [
      'See evil.example/login',
      'See evil.example',
      'ｗｗｗ．evil．example',
      'www。evil。example',
      'mailto:a@evil.example',
      'Write to a@evil.example',
      'ｈｔｔｐｓ：／／evil.example',
      'tel:+431234',
      'bücher.example?x',
    ])
      expect((await says(message)).body, message).toMatchObject({
        status: 400,
        errors: [{ pointer: '#/message' }],
      });
  });

  it('is said of names too, but a company may be called as its domain', async () => {
    const named = (name: string) =>
      call('POST /v1/customers', {
        as: msp.catalog,
        body: { name, email: 'office@named.example.com' },
      });
    for (const name of [
      'evil.example/login',
      'ｗｗｗ．evil．example',
      'mailto:a@evil.example',
      'A a@evil.example',
    ])
      expect(JSON.stringify((await named(name)).body.errors), name).toContain('web or mail address');
    expect(JSON.stringify((await named('Booking.example')).body.errors ?? '')).not.toContain('#/name');
  });
});

describe('who asks', () => {
  it('is named with whoever stands above, on the page and in the mails', async () => {
    const reseller = await plantReseller(msp);
    const below = await plantReseller(msp, reseller.id);
    const name = async (id: string) => (await call(`GET /v1/customers/${id}`, { as: msp.catalog })).body.name;
    const provider = (await call(`GET /v1/providers/${msp.id}`, { as: msp.system })).body.name;
    const above = `${provider} and ${await name(reseller.id)}, which stand above it`;
    const account = await makeAccount();
    const { token } = await asked({ partner: below.admin, account, mailbox });
    expect((await look(token)).html).toContain(above);
    expect(mailbox.to(account.admin.email).at(-1)?.text).toContain(above);
    expect((await reply(token, { email: account.admin.email })).status).toBe(200);
    await deliver(account.id);
    expect(mailbox.to(account.admin.email).at(-1)?.text).toContain(
      `stand ${provider}, ${await name(reseller.id)}`,
    );
    const other = await makeAccount();
    const own = await asked({ partner: msp.catalog, account: other, mailbox });
    expect((await look(own.token)).html).not.toContain('above it');
  });

  it('says truly what it may do beside the console', async () => {
    const account = await makeAccount();
    const { token } = await asked({ partner: msp.catalog, account, mailbox });
    const { html } = await look(token);
    for (const words of ['disable it', 'It cannot delete your account', 'but not those who administer'])
      expect(html).toContain(words);
  });
});

describe('somebody else with the link', () => {
  const triesAt = async (id: string) => {
    const out: Record<string, unknown>[] = [];
    for await (const item of each({ partition: partition(id, 'AUDIT'), limit: 200, consistent: true }))
      if (item.action === 'imports.try_link' || item.action === 'imports.void_link') out.push(item);
    return out;
  };

  it('is told to the account once an hour, by whatever way it came, and ends the link with the fifth try', async () => {
    const [account, stranger] = [await makeAccount(), await makeAccount()];
    const { id, token } = await asked({ partner: msp.catalog, account, mailbox });
    const colleague = await enlist(account.id, ['CUSTOMER_ADMINISTRATOR']);
    const tries = (as = stranger.admin) =>
      call('POST /v1/customer-imports/confirmation', { as, body: { token } });
    const wrong = await call('POST /v1/customer-imports/confirmation', {
      as: stranger.admin,
      body: { token: 'A'.repeat(43) },
    });
    const answered = await tries();
    expect({ ...answered.body, requestId: '' }).toEqual({ ...wrong.body, requestId: '' });
    expect(answered.status).toBe(404);
    expect((await reply(token, { email: 'x@y.example' })).status).toBe(403);
    expect((await tries(colleague)).status).toBe(404);
    expect(await triesAt(account.id)).toMatchObject([
      {
        action: 'imports.try_link',
        subject: id,
        actor: { id: stranger.admin.person, home: stranger.id },
        after: { how: 'ANOTHER_ACCOUNT', tries: 1 },
      },
    ]);
    await deliver(account.id);
    for (const { email } of [account.admin, colleague])
      expect(
        mailbox.to(email).filter(({ subject }) => subject.includes('somebody else tried a link')),
      ).toHaveLength(1);
    // Who may not answer at all is told that, and is not counted.
    const operator = await enlist(stranger.id, ['CUSTOMER_OPERATOR']);
    expect((await tries(operator)).status).toBe(403);
    expect((await look(token)).status).toBe(200);
    await tries();
    expect((await look(token)).status).toBe(200);
    expect((await tries()).status).toBe(404);
    expect((await look(token)).status).toBe(410);
    expect(await triesAt(account.id)).toMatchObject([
      {},
      { action: 'imports.void_link', after: { tries: 5 } },
    ]);
    expect((await importAt(msp.reader, id)).state).toBe('EXPIRED');
  });

  it('is told of a wrong address on the page, too', async () => {
    const account = await makeAccount();
    const { token } = await asked({ partner: msp.catalog, account, mailbox });
    for (const _ of [1, 2]) await reply(token, { email: 'x@y.example' });
    expect(await triesAt(account.id)).toMatchObject([{ after: { how: 'WRONG_ADDRESS', tries: 1 } }]);
    await deliver(account.id);
    expect(mailbox.to(account.admin.email).at(-1)?.text).toContain('typed an address that is not the one');
  });
});

describe('a confirmation that the partner keeps from being done', () => {
  it('is shown to it, with what of its own side is in the way, since the first try', async () => {
    const partner = await makeMsp();
    await ensureMspMode(partner);
    const first = await makeAccount();
    const second = await makeAccount(first.name);
    const one = await asked({ partner: partner.catalog, account: first, mailbox });
    const two = await asked({ partner: partner.catalog, account: second, mailbox });
    expect((await reply(one.token, { email: first.admin.email })).status).toBe(200);
    expect(await importAt(partner.reader, two.id)).toMatchObject({ tried: null });
    const api = () =>
      call('POST /v1/customer-imports/confirmation', { as: second.admin, body: { token: two.token } });
    expect((await api()).body.code).toBe('imports.cannot_link');
    const { tried } = (await importAt(partner.reader, two.id)) as { tried: { since: string } };
    expect(tried).toMatchObject({ obstacle: 'NAME_TAKEN' });
    const page = await reply(two.token, { email: second.admin.email });
    expect([page.status, page.html]).toEqual([
      409,
      expect.stringContaining('cannot take over at the moment'),
    ]);
    expect(await importAt(partner.reader, two.id)).toMatchObject({ tried, state: 'PENDING' });
    await call(`PATCH /v1/customers/${first.id}`, {
      as: partner.catalog,
      body: { name: `${first.name} of old` },
      headers: any,
    });
    expect((await reply(two.token, { email: second.admin.email })).status).toBe(200);
    expect(await importAt(partner.reader, two.id)).toMatchObject({ state: 'CONFIRMED', tried });
  });

  it('and a wish to leave where nobody is left, have pages of their own', async () => {
    const account = await makeAccount();
    const { token } = await asked({ partner: msp.catalog, account, mailbox });
    const { html, status } = await reply(token, { decision: 'leave', email: account.admin.email });
    expect([status, html]).toEqual([
      409,
      expect.stringContaining('<h1>No other partner looks after your account</h1>'),
    ]);
  });
});

it('who is second with a link sees that it is dead, not that the partner is hindered', async () => {
  for (let round = 0; round < 3; round++) {
    const account = await makeAccount();
    const { token } = await asked({ partner: msp.catalog, account, mailbox });
    const answers = await Promise.all(
      Array.from({ length: 12 }, () => reply(token, { email: account.admin.email })),
    );
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    for (const { html, status } of answers)
      if (status !== 200) expect([status, html]).toEqual([410, expect.stringContaining('leads nowhere')]);
  }
});

/** The customer leaves a partner and confirms the import of another one. */
async function changesPartner(customer: Awaited<ReturnType<typeof addCustomer>>, former: Msp, next: Msp) {
  const planned = await call(`POST /v1/customers/${customer.id}/removal-plans`, {
    as: former.catalog,
    body: { licences: 'return-to-pool' },
  });
  await call(`POST /v1/removal-plans/${planned.body.id}/execution`, { as: former.catalog });
  await deliver(customer.id, former.id);
  const { token } = await asked({ partner: next.catalog, account: customer, mailbox });
  expect((await reply(token, { email: customer.admin.email })).status).toBe(200);
}

describe('a licence of a partner that was removed', () => {
  it('is not renewed by the next one, which is told that it has no such product', async () => {
    const [former, next] = [await makeMsp(), await makeMsp()];
    await Promise.all([ensureMspMode(former), ensureMspMode(next)]);
    const customer = await addCustomer(former);
    const bought = await shelf(former, customer.id, await stockProduct(former)).buy(3);
    await changesPartner(customer, former, next);
    const renewed = await call(`POST /v1/customers/${customer.id}/subscriptions/${bought.body.id}/renew`, {
      as: next.catalog,
      body: { source: 'PURCHASE', termDays: 30, purchaser: buyer },
    });
    expect(renewed.body).toMatchObject({
      code: 'licensing.product_unknown',
      errors: [{ pointer: '#/params/subscriptionId' }],
    });
  });
});

describe('visits of a partner that was removed', () => {
  it('are read by the customer and that partner’s line, not by one that came since', async () => {
    const [former, next] = [await makeMsp(), await makeMsp()];
    await Promise.all([ensureMspMode(former), ensureMspMode(next)]);
    const customer = await addCustomer(former);
    const desk = deskOf(former, customer);
    expect((await desk.gives()).status).toBe(200);
    const opened = await desk.open({ reason: 'Because of the old printers', ticket: 'OLD-1' });
    expect(opened.status).toBe(201);
    expect((await desk.changes(opened.body.token)).status).toBe(201);
    const sessions = `/v1/customers/${customer.id}/access-sessions`;
    const read = async (as: Caller) => (await call(`GET ${sessions}`, { as })).body.items.length;
    expect([await read(former.catalog), await read(customer.admin)]).toEqual([1, 1]);
    await changesPartner(customer, former, next);
    const admin = { ...customer.admin, provider: next.id };
    expect([await read(next.catalog), await read(admin)]).toEqual([0, 1]);
    const one = `${sessions}/${opened.body.id}`;
    expect((await call(`GET ${one}`, { as: next.catalog })).status).toBe(404);
    expect((await call(`POST ${one}/end`, { as: next.catalog })).status).toBe(404);
    expect((await call(`GET ${one}`, { as: admin })).status).toBe(200);
    const audit = async (as: Caller, more = '') => {
      const listed = await call(`GET /v1/audit-events?customerId=${customer.id}&limit=100${more}`, { as });
      const full = await Promise.all(
        listed.body.items.map(({ id }: { id: string }) =>
          call(`GET /v1/audit-events/${id}?customerId=${customer.id}`, { as }),
        ),
      );
      return JSON.stringify([listed.body, full.map(({ body }) => body)]);
    };
    expect(await audit(admin)).toContain('old printers');
    for (const more of ['', `&session=${opened.body.id}`])
      expect(await audit(next.catalog, more)).not.toMatch(/old printers|OLD-1/);
  });
});
