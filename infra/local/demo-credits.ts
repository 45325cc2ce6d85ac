import { type Caller, callerOf, type Stage, same } from './demo-client.ts';
import { begin, type Made } from './demo-story.ts';

/** The company, as the credit story knows it. */
interface Company extends Made {
  /** The customer's administrator. */
  readonly carla: Caller;
  /** An end user in sales, and one in IT: neither has a role. */
  readonly cem: Caller;
  readonly dana: Caller;
  /** Addresses of the customer's API. */
  readonly path: string;
  readonly services: readonly Service[];
}

interface Service {
  readonly id: string;
  readonly name: string;
  readonly price: number;
}

/** Prices in credits: services 1 and 2 together 40, then 60, then 15. */
const prices = [25, 15, 60, 15];

const tag = (answer: { headers: Headers }) => answer.headers.get('etag') ?? '"0"';

/** The worked example of the credit system, played by end users: 100 → 60 → 0 → −15, then a refund. */
export async function playCredits(stage: Stage): Promise<void> {
  const company = await open(stage);
  await spend(stage, company);
  await giveBack(stage, company);
  await lookAtConsumption(company);
  await checkCreditMails(stage, company);
}

async function open(stage: Stage): Promise<Company> {
  const made = await begin(stage);
  const { catalog, mark, customerId, customerAdmin } = made;
  const path = `/v1/customers/${customerId}`;

  chapter('Another person joins the company after it has become a customer');
  const { body: customer } = await catalog(`GET ${path}`);
  const dana = `dana@contoso-${mark}.example`;
  await catalog(`POST /v1/companies/${customer.companyId}/people`, {
    body: {
      fullName: 'Dana Contoso',
      loginName: 'dana',
      email: dana,
      organization: 'Office',
      department: 'IT',
    },
  });

  chapter('Credits are switched on: every price is lost, and set anew in credits');
  const system = await catalog('GET /v1/credit-system');
  await catalog('PUT /v1/credit-system', { body: { enabled: true }, ifMatch: tag(system), expect: 409 });
  const acknowledged = { enabled: true, acknowledgeCostDataLoss: true };
  await catalog('PUT /v1/credit-system', { body: acknowledged, ifMatch: tag(system) });
  await catalog(`POST ${path}/credits/grants`, { body: { amount: 100, reason: 'Opening balance' } });
  await catalog(`PATCH ${path}/credits/settings`, { body: { alertLimit: 50 }, ifMatch: '*' });

  chapter('Four services are published and given to the customer');
  const services: Service[] = [];
  for (const [index, price] of prices.entries()) {
    const name = `Service ${index + 1}`;
    const content = { summary: name, description: `The ${name}.`, category: 'Demo', price: { base: price } };
    const { body } = await catalog('POST /v1/catalogue/items', { body: { name, ...content } });
    await catalog(`POST /v1/catalogue/items/${body.id}/publish`);
    await catalog(`PUT ${path}/catalogue/items/${body.id}`);
    services.push({ id: body.id, name, price });
  }
  await stage.idle();
  const carla = await callerOf(stage, customerAdmin);
  const company = { ...made, path, services, carla };
  await arrange(stage, company);
  return {
    ...company,
    cem: await callerOf(stage, `cem@contoso-${mark}.example`),
    dana: await callerOf(stage, dana),
  };
}

async function arrange(
  stage: Stage,
  { carla, path, services }: Pick<Company, 'carla' | 'path' | 'services'>,
): Promise<void> {
  chapter('The customer’s administrator makes two marketplaces: for everyone, and for sales');
  const ids = services.map(({ id }) => id);
  await carla(`POST ${path}/marketplaces`, {
    body: { name: 'Workplace', everyone: true, items: ids.slice(0, 3) },
  });
  const sales = { all: [{ attribute: 'department', op: 'EQUALS', values: ['Sales'] }] };
  await carla(`POST ${path}/marketplaces`, {
    body: { name: 'Sales', filters: [sales], items: ids.slice(3) },
  });
  await stage.idle();
}

const ordered = async (who: Caller, service: Service | undefined, expect = 201) =>
  who('POST /v1/requests', { body: { itemId: service?.id }, expect });

async function balanceOf({ carla, path }: Company): Promise<number> {
  return (await carla(`GET ${path}/credits`)).body.balance;
}

async function mailsOf(stage: Stage, { customerAdmin }: Made): Promise<string[]> {
  await stage.idle();
  const mails = (await stage.mails()).filter(({ to }) => to.includes(customerAdmin));
  return mails.map(({ subject }) => subject ?? '');
}

/** Each sees and orders what a marketplace gives them; the company’s balance pays, below zero too. */
async function spend(stage: Stage, company: Company): Promise<void> {
  const { cem, dana, services, customerName } = company;
  const [one, two, three, four] = services;
  chapter('End users look at the catalogue and order');
  const shown = async (who: Caller) =>
    (await who('GET /v1/catalogue')).body.items.map((item: { name: string }) => item.name).sort();
  same(
    'catalogue of sales',
    await shown(cem),
    services.map(({ name }) => name),
  );
  same(
    'catalogue of IT',
    await shown(dana),
    services.slice(0, 3).map(({ name }) => name),
  );
  same('balance', await balanceOf(company), 100);
  await ordered(cem, one);
  await ordered(cem, two);
  same('after services 1 and 2', await balanceOf(company), 60);
  same('mails so far', await mailsOf(stage, company), []);
  await ordered(dana, three);
  same('after service 3', await balanceOf(company), 0);
  const low = `${customerName}: credit balance below 50`;
  same('mails at 0', await mailsOf(stage, company), [low]);
  await ordered(dana, four, 409);
  same('what is refused costs nothing', await balanceOf(company), 0);
  await ordered(cem, four);
  same('after service 4', await balanceOf(company), -15);
  const zero = `${customerName}: credit balance below zero`;
  same('mails at −15', await mailsOf(stage, company), [low, zero]);
}

async function giveBack(stage: Stage, company: Company): Promise<void> {
  const { cem, catalog, services } = company;
  chapter(
    'The last request is cancelled; its price has changed meanwhile, and what was paid comes back, once',
  );
  const [newest] = (await cem('GET /v1/requests')).body.items;
  const last = services.at(-1);
  same('the newest request', newest.itemId, last?.id);
  await catalog(`PATCH /v1/catalogue/items/${last?.id}`, { body: { price: { base: 99 } }, ifMatch: '*' });
  await catalog(`POST /v1/catalogue/items/${last?.id}/publish`);
  const request = await cem(`GET /v1/requests/${newest.id}`);
  await cem(`POST /v1/requests/${newest.id}/cancel`, { body: {}, ifMatch: tag(request) });
  same('refunded', await balanceOf(company), 0);
  await cem(`POST /v1/requests/${newest.id}/cancel`, { body: {}, ifMatch: '*', expect: 409 });
  same('refunded once', await balanceOf(company), 0);
  same('mails after the refund', (await mailsOf(stage, company)).length, 2);
}

/** The customer administrator's view: history, consumption by service and person, requests. */
async function lookAtConsumption({ carla, cem, path, services }: Company): Promise<void> {
  chapter('The administrator looks at history and consumption');
  const history = (await carla(`GET ${path}/credits/entries`)).body.items;
  for (const { seq, type, amount, balanceAfter } of history)
    console.log(`      ${seq} ${type} ${amount} → ${balanceAfter}`);
  same(
    'history',
    history.map(({ type, balanceAfter }: { type: string; balanceAfter: number }) => [type, balanceAfter]),
    [
      ['REFUND', 0],
      ['DEBIT', -15],
      ['DEBIT', 0],
      ['DEBIT', 60],
      ['DEBIT', 75],
      ['SETTINGS', 100],
      ['GRANT', 100],
    ],
  );
  const month = String(history[0].at).slice(0, 7);
  const { body } = await carla(`GET ${path}/credits/consumption?month=${month}&by=service,person`);
  same('consumption', body.total, { debited: 115, refunded: 15, consumed: 100, debits: 4, refunds: 1 });
  const nameOf = new Map(services.map(({ id, name }) => [id, name]));
  for (const row of body.items)
    console.log(`      ${nameOf.get(row.serviceId)}: ${row.consumed} credits by ${row.personId}`);
  same(
    'consumption by service',
    body.items
      .map((row: { serviceId: string; consumed: number }) => [nameOf.get(row.serviceId), row.consumed])
      .sort(),
    [
      ['Service 1', 25],
      ['Service 2', 15],
      ['Service 3', 60],
      ['Service 4', 0],
    ],
  );
  const file = await carla(`GET ${path}/requests.csv`);
  same('lines of the requests’ file', String(file.body).trim().split('\r\n').length, 5);
  await cem(`GET ${path}/credits`, { expect: 401 });
}

/** Two mails in all: exactly what the example and the alert's trace demand. */
async function checkCreditMails(stage: Stage, { mark, customerAdmin }: Company): Promise<void> {
  chapter('The mails that came');
  await stage.idle();
  const mails = (await stage.mails()).filter(({ to }) => to.some((one) => one.includes(mark)));
  for (const { to, subject } of mails) console.log(`  ✉ ${to.join(', ')} — ${subject}`);
  same(
    'recipients',
    mails.flatMap(({ to }) => to),
    [customerAdmin, customerAdmin],
  );
}

function chapter(title: string): void {
  console.log(`\n${title}`);
}
