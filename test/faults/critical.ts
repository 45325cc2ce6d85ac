import { randomUUID } from 'node:crypto';
import { newId } from '../../lib/aws/world.ts';
import { deskOf } from '../access/desk.ts';
import { plantImport, plantLink } from '../access/import-plant.ts';
import { type Account, makeAccount, reply } from '../access/import-scene.ts';
import { assign, publish } from '../catalog/desk.ts';
import { any, type Branch, plantDirectly, plantReseller } from '../kit/forest.ts';
import { plantCreditSystem } from '../kit/plant.ts';
import { type Answer, type Caller, call, enlist, type Msp, makeMsp } from '../kit/world.ts';
import { setPool } from '../licensing/desk.ts';
import { shelf, stockProduct } from '../licensing/shelf.ts';
import { openCatalogue, order, plantEndUser } from '../requests/desk.ts';
import { add as addUser, preset } from '../users/people.ts';

/** A provider with everything that stays as it is from run to run. */
export interface House {
  readonly msp: Msp;
  readonly upper: Branch;
  readonly other: Branch;
  readonly product: { readonly id: string };
  readonly item: Answer;
}

export async function openHouse(): Promise<House> {
  const msp = await makeMsp();
  await plantCreditSystem(msp.id);
  const upper = await plantReseller(msp);
  const other = await plantReseller(msp);
  await setPool(msp, 'DEVICE', 1_000_000);
  const item = await publish(msp.catalog, { price: { base: 25 }, approval: true });
  for (const { id } of [upper, other]) await assign(msp.catalog, id, item);
  await done(
    call(`POST /v1/customers/${upper.id}/credits/grants`, { as: msp.catalog, body: { amount: 10_000_000 } }),
  );
  return { msp, upper, other, item, product: await stockProduct(msp, { mspLicence: true }) };
}

/** The customer that both writes are about, below the reseller `upper`. */
export interface Site extends House {
  readonly id: string;
  readonly domain: string;
  readonly admin: Caller;
  readonly path: string;
  /** Made once, for whichever of the two writes needs it. */
  readonly once: <T>(name: string, make: () => Promise<T>) => Promise<T>;
}

export async function openSite(house: House): Promise<Site> {
  const { msp, upper } = house;
  const { id, domains } = await plantDirectly(msp.catalog, { parentId: upper.id });
  const path = `/v1/customers/${id}`;
  await done(call(`POST ${path}/credits/grants`, { as: msp.catalog, body: { amount: 40 } }));
  const made = new Map<string, Promise<unknown>>();
  const once = <T>(name: string, make: () => Promise<T>): Promise<T> => {
    const known = (made.get(name) as Promise<T> | undefined) ?? make();
    made.set(name, known);
    return known;
  };
  const admin = { ...(await enlist(id, ['CUSTOMER_ADMINISTRATOR'])), provider: msp.id };
  return { ...house, id, domain: domains[0].name, admin, path, once };
}

async function done(answer: Promise<Answer>): Promise<Answer> {
  const { status, body, headers } = await answer;
  if (status >= 300) throw new Error(`${status}: ${JSON.stringify(body)}`);
  return { status, body, headers };
}

type Act = () => Promise<{ readonly status: number; readonly code: string }>;
/** Prepares one write of a site; `nth` tells two of a kind apart. */
export type Critical = (site: Site, nth: number) => Promise<Act>;

const acts = (line: string, sent: { as: Caller; body?: unknown; headers?: Record<string, string> }): Act => {
  const key = randomUUID();
  return async () => {
    const { status, body } = await call(line, { headers: any, ...sent, key });
    return { status, code: status < 300 ? '' : String(body.code) };
  };
};

const debit =
  (amount: number): Critical =>
  async ({ path, msp }) =>
    acts(`POST ${path}/credits/debits`, { as: msp.catalog, body: { amount } });

/** A write that takes the customer from its partner: what others decide of it must not be done afterwards. */
export const removal: Critical = async ({ path, msp, once }) => {
  const plan = await once('plan', () =>
    done(
      call(`POST ${path}/removal-plans`, {
        as: msp.catalog,
        body: { licences: 'return-to-pool' },
        headers: any,
      }),
    ),
  );
  return acts(`POST /v1/removal-plans/${plan.body.id}/execution`, { as: msp.catalog });
};

/** The writes that two people must be able to make at the same instant, on one customer. */
export const critical: Readonly<Record<string, Critical>> = {
  grant: async ({ path, msp }) =>
    acts(`POST ${path}/credits/grants`, { as: msp.catalog, body: { amount: 30 } }),
  debit: debit(25),
  refund: async ({ path, msp, once }) => {
    const body = { amount: 5, requestId: newId('request', Date.now()) };
    const { body: entry } = await once('debit', () =>
      done(call(`POST ${path}/credits/debits`, { as: msp.catalog, body })),
    );
    return acts(`POST ${path}/credits/refunds`, { as: msp.catalog, body: { entryId: entry.entryId } });
  },
  transfer: async ({ path, upper }) =>
    acts(`POST ${path}/credits/transfers`, { as: upper.admin, body: { amount: 10 } }),
  allocate: async ({ path, msp }, nth) =>
    acts(`PUT ${path}/licences`, {
      as: msp.catalog,
      body: { model: 'ALLOCATED', allocations: { DEVICE: { limit: 5 + nth } } },
    }),
  'take a seat': async (site, nth) => {
    const { once, msp, id, product } = site;
    const one = shelf(msp, id, product);
    await once('seats', () => done(one.buy(1)));
    return acts(`POST ${one.seats}`, { as: msp.catalog, body: { machineRef: `host-${nth}` } });
  },
  move: async ({ path, msp, other }) =>
    acts(`POST ${path}/move`, { as: msp.catalog, body: { parentId: other.id } }),
  delete: async ({ path, msp }) => acts(`DELETE ${path}`, { as: msp.catalog }),
  'confirm an import': async ({ msp, once }) => {
    const { account, token } = await once('import', async () => {
      const made: Account = await makeAccount();
      const { id } = await plantImport(msp.catalog, made.admin.email);
      return { account: made, token: await plantLink(msp.catalog, made, id) };
    });
    return async () => {
      const { status } = await reply(token, { email: account.admin.email });
      return { status, code: '' };
    };
  },
  'take a role away': async ({ id, domain, once, msp }, nth) => {
    const at = { id, domain, path: [] };
    const administrator = () => addUser(at, msp.catalog, preset('CUSTOMER_ADMINISTRATOR'));
    const first = await once('first user', () => done(administrator()));
    const second = await once('second user', () => done(administrator()));
    const user = nth === 0 ? first : second;
    const body = preset('USER_ADMINISTRATOR');
    return acts(`PATCH ${user.headers.location}`, { as: msp.catalog, body });
  },
  'approve a request': async ({ id, path, msp, once, item }) => {
    const request = await once('request', async () => {
      await done(openCatalogue(msp.catalog, id));
      await done(assign(msp.catalog, id, item));
      return done(order(await plantEndUser({ id, provider: msp.id }), item));
    });
    return acts(`POST ${path}/requests/${request.body.id}/approve`, { as: msp.catalog, body: {} });
  },
  'open a session': async (site) => {
    const desk = deskOf(site.msp, site);
    await site.once('access', () => desk.gives().then(async (given) => done(Promise.resolve(given))));
    return acts(`POST ${site.path}/access-sessions`, { as: site.msp.catalog, body: desk.entry() });
  },
};
