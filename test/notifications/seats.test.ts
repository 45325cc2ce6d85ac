import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { checkWithin as checkWithinItself } from '../../functions/licensing/check-compliance.ts';
import type { Product } from '../../lib/licensing/product.ts';
import { type Mailbox, openMailbox } from '../kit/mailbox.ts';
import { plantCustomer } from '../kit/plant.ts';
import { byClock, type Caller, call, type Msp, makeMsp } from '../kit/world.ts';
import { announcedBy } from '../licensing/desk.ts';
import { any, buyer, plantLicence, shelf, stockProduct } from '../licensing/shelf.ts';
import { react } from './scene.ts';

const checkWithin = byClock('licensing', checkWithinItself);

let msp: Msp;
let box: Mailbox;
let product: Product;
let customer: { id: string; admin: Caller };
let one: ReturnType<typeof shelf>;
const manager = 'manager@msp.example.com';

beforeAll(async () => {
  box = await openMailbox();
  msp = await makeMsp();
  product = await stockProduct(msp, { name: 'Endpoint guard', mspLicence: true });
});
afterAll(() => box.close());
beforeEach(async () => {
  customer = await plantCustomer(msp.id);
  one = shelf(msp, customer.id, product);
  box.mails.length = 0;
});

/** Brings the notices of what was announced, each twice. */
async function deliver(): Promise<void> {
  const told = /licensing\.(seat_\w+|seats_over_deployed|subscription_expir\w+)\.v1/;
  for (const event of await announcedBy(customer.id)) {
    if (!told.test(event.type)) continue;
    await react(event);
    await react(event);
  }
}
const mails = () => box.mails.map(({ to, subject }) => `${to.join()}: ${subject}`).sort();
const say = (communications: string) =>
  call(`PUT /v1/customers/${customer.id}/management`, {
    ...{ as: msp.catalog, headers: any, body: { managementType: 'BOTH', communications } },
  });

describe('seats of a product', () => {
  it.each([
    ['BOTH', () => [customer.admin.email, manager]],
    ['PARTNER_ONLY', () => [manager]],
    ['CUSTOMER_ONLY', () => [customer.admin.email]],
  ])('are told of as the communications setting %s says', async (communications, who) => {
    await say(communications);
    await one.buy(5);
    await one.use(4);
    await deliver();
    expect(box.mails.flatMap(({ to }) => to).sort()).toEqual(who().sort());
    expect(box.mails[0]?.subject).toContain('80 % of the seats of Endpoint guard are taken');
    const path = `GET /v1/customers/${customer.id}/alerts`;
    const id = `SEATS.${product.id}.80`;
    const { body } = await call(`${path}/${id}/explanation`, { as: msp.reader });
    expect(body).toMatchObject({
      alert: { id, state: 'FIRED', threshold: 80 },
      lastEvaluation: { value: 80, used: 4, limit: 5 },
      recipientsFrom: 'COMMUNICATIONS',
      lastNotice: { kind: 'REACHED' },
    });
    expect(body.recipients.map((each: { recipient: string }) => each.recipient).sort()).toEqual(who().sort());
    const alerts = (await call(path, { as: customer.admin })).body.items;
    expect(alerts.map((each: { id: string; state: string }) => `${each.id} ${each.state}`)).toEqual([
      `SEATS.${product.id}.80 FIRED`,
      `SEATS.${product.id}.100 ARMED`,
    ]);
  });

  it('that are snoozed are told nobody, and back below they are told again', async () => {
    await say('PARTNER_ONLY');
    await one.buy(5);
    const until = new Date(Date.now() + 3_600_000).toISOString();
    const snooze = `/v1/customers/${customer.id}/alerts/SEATS.${product.id}.80/snooze`;
    const snoozed = await call(`POST ${snooze}`, { as: msp.catalog, body: { until, reason: 'Known' } });
    expect(snoozed.status).toBeLessThan(300);
    await one.use(4);
    await deliver();
    expect(box.mails).toEqual([]);
    await one.use(5);
    await one.use(1);
    await deliver();
    expect(mails().map((each) => each.split(': ').at(-1))).toEqual([
      '100 % of the seats of Endpoint guard are taken',
      'seats of Endpoint guard back below 100 %',
      'seats of Endpoint guard back below 80 %',
    ]);
  });

  it('beyond an MSP licence are told the partner alone, without one both', async () => {
    await say('CUSTOMER_ONLY');
    const { body } = await one.give({ source: 'MSP', seats: 1 });
    await one.use(2);
    await deliver();
    const over = () => mails().filter((mail) => mail.includes('without a seat'));
    expect(over().map((mail) => mail.split(':')[0])).toEqual([manager]);
    expect(over()[0]).toContain('1 machine runs Endpoint guard without a seat');
    await one.remove(body.id);
    await deliver();
    expect(
      over()
        .map((mail) => mail.split(':')[0])
        .sort(),
    ).toEqual([customer.admin.email, manager].sort());
    await one.buy(20);
    await deliver();
    expect(mails().at(-1)).toContain('seats of Endpoint guard are covered again');
  });
});

describe('the end of a licence', () => {
  it.each([
    ['ends within 7 days', 45, 'LICENCE_ENDS'],
    ['has ended', 20, 'LICENCE_ENDED'],
  ])('that %s is told once, by the name of the product', async (words, termDays, kind) => {
    const at = new Date(Date.now() - 40 * 86_400_000).toISOString();
    await plantLicence({ customerId: customer.id, providerId: msp.id }, product, {
      at,
      command: {
        ...{ source: 'PURCHASE', productId: product.id, seats: 5, termDays },
        purchaser: { ...buyer, attested: false },
      },
    });
    await checkWithin(new Date().toISOString(), 40_000);
    await deliver();
    expect(mails().map((mail) => mail.split(':')[0])).toEqual([customer.admin.email, manager].sort());
    for (const { subject } of box.mails) expect(subject).toContain(`licence of Endpoint guard ${words}`);
    const { body } = await call(`GET /v1/customers/${customer.id}/notices`, { as: msp.reader });
    expect(body.items.map((notice: { kind: string }) => notice.kind)).toEqual([kind]);
  });
});
