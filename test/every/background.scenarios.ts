import { randomUUID } from 'node:crypto';
import { lookWithin as lookAtAccess } from '../../functions/access/look-at-access.ts';
import { anchorWithin } from '../../functions/audit/anchor-seals.ts';
import { contexts } from '../../functions/contexts.ts';
import { bookWithin } from '../../functions/credits/book-expiries.ts';
import { checkWithin } from '../../functions/licensing/check-compliance.ts';
import { reconcileWithin } from '../../functions/platform/reconcile.ts';
import { lookWithin } from '../../functions/probes/look-at-probes.ts';
import { commit } from '../../lib/aws/db.ts';
import { newId } from '../../lib/aws/world.ts';
import { grant } from '../../lib/credits/ledger.ts';
import type { Envelope } from '../../lib/kit/event.ts';
import { nextMonth } from '../../lib/licensing/seat-use.ts';
import type { NewSubscription } from '../../lib/licensing/subscribe.ts';
import { begin, keep } from '../../lib/platform/reconciler.ts';
import { roundNow } from '../../lib/platform/reconciler-store.ts';
import { silenceSeconds } from '../../lib/probes/pulse.ts';
import { type Look, laterPlaces, minuteToLook } from '../../lib/probes/wheel.ts';
import { dueLooks } from '../../lib/probes/wheel-store.ts';
import { deskOf, inDays } from '../access/desk.ts';
import { openBucket, type TestBucket } from '../audit/bucket.ts';
import { bring, inserted, recordOf, sealThen } from '../audit/sealing.ts';
import { fullHour, hoursFromNow, Past } from '../credits/past.ts';
import { addProbe, enrolledAgent } from '../kit/agent.ts';
import { announcedBy } from '../kit/deliver.ts';
import { plantDirectly, plantReseller } from '../kit/forest.ts';
import { plantCustomer } from '../kit/plant.ts';
import { addCustomer, type Caller, call, enlist, makeMsp } from '../kit/world.ts';
import { openDesk, setPool } from '../licensing/desk.ts';
import { buyer, plantLicence, shelf, stockProduct } from '../licensing/shelf.ts';
import { plantFleet, stopTheWheel } from '../probes/watch.ts';
import { add as addUser, preset } from '../users/people.ts';
import type { Stage } from './scenarios.ts';

/** The reconciler has ended a round then, or has these tenants before it. */
async function stopReconciler(endedAt: string | null, queue: string[] = []): Promise<void> {
  const kept = await roundNow();
  await commit([keep({ ...begin(kept, longAgo), endedAt, queue })], randomUUID(), Date.now() + 5000);
}

/** Prepares what one run needs that nobody has called; what it answers is the run. */
export type BackgroundScenario = (stage: Stage) => Promise<() => Promise<void>>;

const patienceMs = 40_000;
const now = () => new Date().toISOString();
const daysAgo = (days: number) => new Date(Date.now() - days * 86_400_000).toISOString();
/** Nothing that any scenario leaves behind is due by then. */
const longAgo = '2020-01-01T00:00:00.000Z';

async function licensed({ msp }: Stage, at: string, given: Record<string, unknown>): Promise<string> {
  const { id } = await addCustomer(msp);
  const product = await stockProduct(msp, { mspLicence: true });
  const command = { productId: product.id, ...given } as unknown as NewSubscription;
  await plantLicence({ customerId: id, providerId: msp.id }, product, { command, at });
  return id;
}
const bought = (termDays: number) => ({
  ...{ source: 'PURCHASE', seats: 5, termDays, purchaser: { ...buyer, attested: false } },
});

/** Credits of a customer that ended hours ago and were not booked. */
async function lapsed({ msp }: Stage): Promise<void> {
  const { id } = await addCustomer(msp);
  const past = new Past(id);
  past.at(hoursFromNow(-9), (ledger, by) => grant(ledger, { amount: 70, expiresAt: fullHour(-3) }, by));
  await past.plant();
}

/** Plants the only row of the wheel, until it is one of those (15 of 16) that are not looked for twice. */
async function alone(planted: () => Promise<unknown>): Promise<Look> {
  for (;;) {
    await stopTheWheel();
    await planted();
    const { rows } = await dueLooks('2100-01-01T00:00:00.000Z', { limit: 1, after: undefined });
    const [row] = rows;
    if (row && laterPlaces(row, { now: now(), silenceSeconds }).length === 0) return row;
  }
}

/** A probe that was heard once; answers the minute in which it is looked at. */
async function silent({ msp }: Stage): Promise<{ id: string; minute: string }> {
  const { id } = await addCustomer(msp);
  const { SK } = await alone(async () => (await enrolledAgent(id, msp.catalog)).heartbeat());
  return { id, minute: `${SK.slice(0, 16)}:00.000Z` };
}

/** What a reaction does with the newest event of its kind, after whatever caused that. */
const reaction =
  (id: string, type: string, cause: (stage: Stage) => Promise<string>): BackgroundScenario =>
  async (stage) => {
    const tenantId = await cause(stage);
    const event = (await announcedBy(tenantId)).filter((one) => one.type === type).at(-1) as Envelope;
    const subscriber = contexts.flatMap(({ subscribers = [] }) => subscribers).find((one) => one.id === id);
    if (!event || !subscriber) throw new Error(`Nothing announced ${type}, or nothing is ${id}`);
    return () => subscriber.handle(event);
  };

const withProbe = async ({ msp }: Stage, customerId: string): Promise<string> => {
  await addProbe(customerId, msp.catalog);
  return customerId;
};
/** A customer with so many users that has just left its partner. */
async function left(as: Caller, users: number): Promise<string> {
  const { id, domains } = await plantDirectly(as);
  const at = { id, domain: String(domains[0].name), path: [] };
  for (let n = 0; n < users; n++) await addUser(at, as);
  const body = { licences: 'return-to-pool' };
  const plan = await call(`POST /v1/customers/${id}/removal-plans`, { as, body });
  await call(`POST /v1/removal-plans/${plan.body.id}/execution`, { as });
  return id;
}

const crossedSeats = async ({ msp }: Stage, seats: number): Promise<string> => {
  const { id } = await addCustomer(msp);
  const one = shelf(msp, id, await stockProduct(msp, { mspLicence: true }));
  await one.give({ source: 'MSP', seats });
  await one.use(2);
  return id;
};

const idle = contexts
  .flatMap(({ schedules = [] }) => schedules)
  .map(({ id, run }) => [`${id}: nothing due`, async () => () => run(longAgo)] as const);

const buckets: TestBucket[] = [];

/** Gives the environment back that the scenarios' buckets stand in. */
export function closeBuckets(): void {
  for (const one of buckets.splice(0).reverse()) one.close();
}

/** What runs without a call: every schedule, idle and with one thing due, and typical reactions to an event. */
export const backgroundScenarios: Readonly<Record<string, BackgroundScenario>> = {
  ...Object.fromEntries(idle),
  'reconcile: nothing due': async () => {
    await stopReconciler('2099-01-01T00:00:00.000Z');
    return () => reconcileWithin(now(), { steps: 1, milliseconds: patienceMs });
  },
  'reconcile: one customer': async ({ msp }) => {
    const { id } = await addCustomer(msp);
    await stopReconciler(null, [id]);
    return () => reconcileWithin(now(), { steps: 2, milliseconds: patienceMs });
  },
  'look-at-probes: a probe that was heard': async ({ msp }) => {
    await alone(async () => {
      const { id } = await plantCustomer(msp.id);
      await plantFleet(id, { count: 1, seenAt: now(), minute: minuteToLook(daysAgo(1)) });
    });
    return () => lookWithin(now(), patienceMs);
  },
  'look-at-probes: a probe that fell silent': async (stage) => {
    const { minute } = await silent(stage);
    return () => lookWithin(minute, patienceMs);
  },
  'book-expiries: credits of a customer': async (stage) => {
    await lapsed(stage);
    return () => bookWithin(now(), patienceMs);
  },
  'check-compliance: an end that came near': async (stage) => {
    await licensed(stage, daysAgo(40), bought(45));
    return () => checkWithin(now(), patienceMs);
  },
  'check-compliance: a licence that ended': async (stage) => {
    await licensed(stage, daysAgo(40), bought(20));
    return () => checkWithin(now(), patienceMs);
  },
  'check-compliance: a month of an MSP licence': async (stage) => {
    const begun = Date.parse(`${now().slice(0, 7)}-01T00:00:00.000Z`);
    const at = new Date(begun - 12 * 3_600_000).toISOString();
    if (nextMonth(at) !== new Date(begun).toISOString()) throw new Error('More than a month would be closed');
    await licensed(stage, at, { source: 'MSP', seats: 5 });
    return () => checkWithin(now(), patienceMs);
  },
  'seal-entries: one, the first of its day': async () => {
    const [entry] = await recordOf((await makeMsp()).id);
    return async () => {
      const failed = await bring(inserted(entry ?? {}));
      if (failed.length > 0) throw new Error('It was not sealed');
    };
  },
  'anchor-seals: a day of a provider': async () => {
    const { id } = await makeMsp();
    buckets.push(await openBucket());
    await sealThen(id, daysAgo(2));
    return () => anchorWithin(now(), patienceMs);
  },
  'look-at-access: access that ends soon': async ({ msp }) => {
    await deskOf(msp, await addCustomer(msp)).gives({ endsInDays: 10 });
    return () => lookAtAccess(inDays(8), patienceMs);
  },
  'on-partner-changed: names of forty users': reaction(
    'on-partner-changed',
    'customers.unlinked.v1',
    ({ msp }) => left(msp.catalog, 40),
  ),
  'on-totals-changed: right below the provider': reaction(
    'on-totals-changed',
    'probes.created.v1',
    async (stage) => withProbe(stage, (await addCustomer(stage.msp)).id),
  ),
  'on-totals-changed: below two resellers': reaction(
    'on-totals-changed',
    'probes.created.v1',
    async (stage) => {
      const upper = await plantReseller(stage.msp);
      const lower = await plantReseller(stage.msp, upper.id);
      return withProbe(stage, (await plantDirectly(stage.msp.catalog, { parentId: lower.id })).id);
    },
  ),
  'on-allocation-threshold: one mail': reaction(
    'on-allocation-threshold',
    'licensing.allocation_threshold.v1',
    async ({ msp }) => {
      await setPool(msp, 'DEVICE', 100);
      const desk = await openDesk(msp);
      await desk.allocate({ model: 'ALLOCATED', allocations: { DEVICE: { limit: 5 } } });
      await desk.add(5);
      return desk.id;
    },
  ),
  'on-balance-low: one mail': reaction('on-balance-low', 'credits.balance_low.v1', async ({ msp }) => {
    const { id } = await addCustomer(msp);
    const path = `/v1/customers/${id}/credits`;
    const send = (line: string, body: unknown) =>
      call(line, { as: msp.catalog, body, headers: { 'if-match': '*' } });
    await send(`PATCH ${path}/settings`, { alertLimit: 50 });
    await send(`POST ${path}/grants`, { amount: 60 });
    await send(`POST ${path}/debits`, { amount: 20, requestId: newId('request', Date.now()) });
    return id;
  }),
  'on-seats-crossed: to both': reaction('on-seats-crossed', 'licensing.seat_threshold.v1', (stage) =>
    crossedSeats(stage, 2),
  ),
  'on-seats-over-deployed: to the partner': reaction(
    'on-seats-over-deployed',
    'licensing.seats_over_deployed.v1',
    (stage) => crossedSeats(stage, 1),
  ),
  'on-subscription-expiring: to both': reaction(
    'on-subscription-expiring',
    'licensing.subscription_expiring.v1',
    async (stage) => {
      const id = await licensed(stage, daysAgo(40), bought(45));
      await checkWithin(now(), patienceMs);
      return id;
    },
  ),
  'on-probe-went-down: one mail': reaction('on-probe-went-down', 'probes.went_down.v1', async (stage) => {
    const { id, minute } = await silent(stage);
    await lookWithin(minute, patienceMs);
    return id;
  }),
  'on-customer-moved: it had given access': reaction(
    'on-customer-moved',
    'customers.move_requested.v1',
    async () => {
      const msp = await makeMsp();
      const [one, two] = [await plantReseller(msp), await plantReseller(msp)];
      const { id } = await plantDirectly(msp.catalog, { parentId: one.id });
      const desk = deskOf(msp, { id, admin: await enlist(id, ['CUSTOMER_ADMINISTRATOR']) });
      await desk.asks({}, one.admin);
      await desk.decides({ decision: 'APPROVE' });
      await call(`POST /v1/customers/${id}/move`, { as: msp.catalog, body: { parentId: two.id } });
      return id;
    },
  ),
  'on-administration-changed: to two': reaction(
    'on-administration-changed',
    'access.administration_changed.v1',
    async ({ msp }) => {
      const { id, domains } = await plantDirectly(msp.catalog);
      const at = { id, domain: String(domains[0].name), path: [] };
      await addUser(at, msp.catalog);
      await addUser(at, msp.catalog, preset('CUSTOMER_ADMINISTRATOR'));
      return id;
    },
  ),
};
