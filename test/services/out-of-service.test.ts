import { beforeAll, describe, expect, it } from 'vitest';
import { isOutAt, outagesFrom } from '../../lib/kit/in-service.ts';
import { finishProvisioning, plantDirectly } from '../kit/forest.ts';
import type { Planted } from '../kit/tree.ts';
import { type Answer, type Caller, call, ensureMspMode, makeMsp } from '../kit/world.ts';
import { add } from '../users/people.ts';
import { define, give, giveUser, price, readUser, take } from './desk.ts';

let as: Caller;
beforeAll(async () => {
  const msp = await makeMsp();
  await ensureMspMode(msp);
  as = msp.catalog;
});
const month = new Date().toISOString().slice(0, 7);

async function turn({ id }: Planted, what: 'provision' | 'deprovision'): Promise<void> {
  const asked = await call(`POST /v1/customers/${id}/${what}`, { as });
  expect(asked.status).toBe(202);
  await finishProvisioning(id, what === 'provision' ? 'Provisioned' : 'NotProvisioned');
}
async function planted(): Promise<Planted> {
  const { id, domains } = await plantDirectly(as);
  return { id, path: [], domain: domains[0].name };
}
const billed = async ({ id }: Planted) => {
  const { body } = await call(`GET /v1/billing?month=${month}&customerId=${id}`, { as });
  return body.items.map((row: { quantity: number; amount: number }) => [row.quantity, row.amount]);
};
const seen = async (customer: Planted, service: Answer, user: Answer) => {
  const of = `/v1/customers/${customer.id}/services`;
  const listed = (await call(`GET ${of}`, { as })).body.items;
  const users = (await call(`GET ${user.headers.location}/services`, { as })).body.items;
  const shown = [
    (await call(`GET ${of}/${service.body.id}`, { as })).body,
    (await readUser(as, user, service)).body,
  ];
  return [...listed, ...users, ...shown].map(({ status }) => status === 'NotProvisioned');
};

describe('a customer that is deprovisioned', () => {
  it('is billed nothing and shows no services; what it had comes back when it is provisioned again', async () => {
    const customer = await planted();
    await turn(customer, 'provision');
    const service = await define(as);
    const [plan, seat] = [
      await price(as, service),
      await price(as, service, { audience: 'USER', salesPrice: 300 }),
    ];
    await give(as, customer, service, plan);
    await add(customer, as);
    const user = await add(customer, as);
    await giveUser(as, user, service, seat);
    const [had, none] = [
      [
        [1, 900],
        [1, 300],
      ],
      [
        [0, 0],
        [0, 0],
      ],
    ];
    expect(await billed(customer)).toEqual(had);
    expect(await seen(customer, service, user)).toEqual([false, false, false, false]);
    await turn(customer, 'deprovision');
    expect(await billed(customer)).toEqual(none);
    expect(await seen(customer, service, user)).toEqual([true, true, true, true]);
    expect((await give(as, customer, service, plan)).body.code).toBe('services.customer_out');
    expect((await giveUser(as, user, service, seat)).body.code).toBe('services.customer_out');
    expect((await call(`GET /v1/customers/${customer.id}`, { as })).body.status).toBe('NotProvisioned');
    await turn(customer, 'provision');
    expect(await billed(customer)).toEqual(had);
    expect(await seen(customer, service, user)).toEqual([false, false, false, false]);
  });

  it('had what is taken then until it was deprovisioned', async () => {
    const customer = await planted();
    await turn(customer, 'provision');
    const service = await define(as);
    await give(as, customer, service);
    await turn(customer, 'deprovision');
    expect((await take(as, customer, service)).status).toBe(202);
    expect(await billed(customer)).toEqual([[0, 0]]);
  });

  it('is out from the first deprovisioning to the next provisioning', () => {
    const at = (day: number) => `2026-01-0${day}T00:00:00.000Z`;
    const first = outagesFrom({}, { out: true, now: at(2) });
    const again = outagesFrom({ outages: first }, { out: true, now: at(3) });
    const outages = outagesFrom({ outages: again }, { out: false, now: at(4) });
    expect(outages).toEqual([{ from: at(2), to: at(4) }]);
    expect([1, 2, 3, 4].map((day) => isOutAt(outages, at(day)))).toEqual([false, true, true, false]);
    expect(isOutAt(first, at(9))).toBe(true);
    expect(outagesFrom({}, { out: false, now: at(1) })).toEqual([]);
  });
});
