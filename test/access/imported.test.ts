import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { deliver } from '../kit/deliver.ts';
import { any } from '../kit/forest.ts';
import { type Mailbox, openMailbox } from '../kit/mailbox.ts';
import { addCustomer, call, ensureMspMode, type Msp, makeMsp } from '../kit/world.ts';
import { type Account, asked, askFor, makeAccount, pathOf, reply } from './import-scene.ts';

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

  it('is taken as people write it, whatever ends its lines', async () => {
    for (const message of [
      'We spoke on Monday.\r\nKind regards, J. Huber',
      'Offer no. 7: 3.50 a seat, e.g. for you.',
    ]) {
      const { status, body } = await says(message);
      expect([status, body.message]).toEqual([201, message.replace('\r\n', '\n')]);
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
