import { plantNode, rootOf } from '../kit/tree.ts';
import { makeMsp } from '../kit/world.ts';
import { code, define, give, giveUser, offer, price } from '../services/desk.ts';
import { add } from '../users/people.ts';
import type { Scenarios, Stage } from './scenarios.ts';

const any = { 'if-match': '*' };

/** A service with a plan for customers and one for users. */
async function shelf({ msp }: Stage) {
  const as = msp.catalog;
  const service = await define(as);
  const plan = await price(as, service);
  const seat = await price(as, service, { audience: 'USER' });
  return { as, service, plan, seat, path: service.headers.location ?? '' };
}

/** A reseller that may hand on a service to its customer, who has a user. */
async function shop(stage: Stage) {
  const { as, service, plan, seat } = await shelf(stage);
  const reseller = await plantNode(rootOf(stage.msp.id), { type: 'RESELLER' });
  const customer = await plantNode(reseller);
  await offer(as, reseller, service);
  await add(customer, as);
  const user = await add(customer, as);
  const at = (node: { id: string }, what: string) => `/v1/customers/${node.id}/${what}/${service.body.id}`;
  return {
    as,
    plan,
    seat,
    service,
    user,
    offers: at(reseller, 'offers'),
    services: at(customer, 'services'),
    seats: `${user.headers.location}/services/${service.body.id}`,
    sold: () => give(as, customer, service, plan),
    have: async () => {
      await give(as, customer, service, plan);
      return giveUser(as, user, service, seat);
    },
  };
}

/** A provider with three customers, who have a service and a user each. */
async function billed() {
  const { id, catalog, reader } = await makeMsp();
  const service = await define(catalog);
  const plan = await price(catalog, service);
  for (let index = 0; index < 3; index++) {
    const customer = await plantNode(rootOf(id));
    await give(catalog, customer, service, plan);
    await giveUser(catalog, await add(customer, catalog), service);
  }
  return reader;
}

const shelved =
  (say: (path: string) => string): Scenarios[string] =>
  async (stage) => ({ line: `GET ${say((await shelf(stage)).path)}`, as: stage.msp.reader });

const list = (path: string) => path.slice(0, path.lastIndexOf('/'));

export const services: Scenarios = {
  createService: ({ msp }) => ({
    line: 'POST /v1/services',
    as: msp.catalog,
    body: { code: code(), name: 'Mailboxes', kind: 'USER' },
  }),
  listServices: shelved(list),
  getService: shelved((path) => path),
  changeService: async (stage) => {
    const { as, path } = await shelf(stage);
    return { line: `PATCH ${path}`, as, headers: any, body: { description: 'Mail' } };
  },
  createPlan: async (stage) => {
    const { as, path } = await shelf(stage);
    const body = { audience: 'USER', name: 'Large', costPrice: 100, salesPrice: 200, currency: 'EUR' };
    return { line: `POST ${path}/plans`, as, body };
  },
  listPlans: shelved((path) => `${path}/plans`),
  getPlan: async (stage) => ({
    line: `GET ${(await shelf(stage)).plan.headers.location}`,
    as: stage.msp.reader,
  }),
  changePlan: async (stage) => {
    const { as, plan } = await shelf(stage);
    return { line: `PATCH ${plan.headers.location}`, as, headers: any, body: { salesPrice: 1000 } };
  },
  listOffers: async (stage) => ({ line: `GET ${list((await shop(stage)).offers)}`, as: stage.msp.reader }),
  getOffer: async (stage) => ({ line: `GET ${(await shop(stage)).offers}`, as: stage.msp.reader }),
  setOffer: async (stage) => {
    const { as, service } = await shelf(stage);
    const { id } = await plantNode(rootOf(stage.msp.id), { type: 'RESELLER' });
    return { line: `PUT /v1/customers/${id}/offers/${service.body.id}`, as };
  },
  withdrawOffer: async (stage) => {
    const { as, offers } = await shop(stage);
    return { line: `DELETE ${offers}`, as, headers: any };
  },
  listCustomerServices: async (stage) => {
    const { services, have } = await shop(stage);
    await have();
    return { line: `GET ${list(services)}`, as: stage.msp.reader };
  },
  getCustomerService: async (stage) => {
    const { services, have } = await shop(stage);
    await have();
    return { line: `GET ${services}`, as: stage.msp.reader };
  },
  provisionCustomerService: async (stage) => {
    const { as, services, plan } = await shop(stage);
    return { line: `PUT ${services}`, as, body: { planId: plan.body.id } };
  },
  deprovisionCustomerService: async (stage) => {
    const { as, services, have } = await shop(stage);
    await have();
    return { line: `DELETE ${services}`, as, headers: any };
  },
  listUserServices: async (stage) => {
    const { seats, have } = await shop(stage);
    await have();
    return { line: `GET ${list(seats)}`, as: stage.msp.reader };
  },
  getUserService: async (stage) => {
    const { seats, have } = await shop(stage);
    await have();
    return { line: `GET ${seats}`, as: stage.msp.reader };
  },
  provisionUserService: async (stage) => {
    const { as, seats, sold, seat } = await shop(stage);
    await sold();
    return { line: `PUT ${seats}`, as, body: { planId: seat.body.id } };
  },
  getBilling: async () => ({ line: 'GET /v1/billing?month=2026-11', as: await billed() }),
  exportBilling: async () => ({ line: 'GET /v1/billing.csv?month=2026-11', as: await billed() }),
  deprovisionUserService: async (stage) => {
    const { as, seats, have } = await shop(stage);
    await have();
    return { line: `DELETE ${seats}`, as, headers: any };
  },
};
