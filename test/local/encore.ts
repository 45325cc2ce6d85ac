import { randomUUID } from 'node:crypto';
import type { Made } from '../../infra/local/demo-story.ts';
import { newAgent } from '../kit/agent.ts';
import { addCustomer, type Desk, type Door, doorOf, listAll, openDesk, sure } from '../kit/stack.ts';
import { consoles } from './consoles.ts';

type Stage = Parameters<typeof openDesk>[0];
const any = { ifMatch: '*' };

/** What the demo's story leaves out: the other endpoints, and an event for every reaction. */
export async function playEncore(stage: Stage, made: Made): Promise<void> {
  const [desk] = await Promise.all([openDesk(stage), beforeTheMode(stage), documents(stage.url)]);
  const customer = await addCustomer(desk, 'Encore');
  await staff(stage, desk);
  await directory(desk);
  await customers(desk, customer.id);
  await licences(desk, customer.id);
  await credits(desk, customer.id);
  await people(stage, desk);
  await orders(stage, desk, customer);
  await probe(stage, desk, customer.id);
  await consoles(stage, desk);
  await farewell(desk);
  await stage.idle();
  await notices(desk, customer.id);
  await history(desk, sure(await doorOf(stage, made.customerAdmin)), made.customerId);
  await stage.idle();
}

/** An item that needs an approval, ordered by somebody of the customer, approved by another, fulfilled and confirmed. */
async function orders(
  stage: Stage,
  { admin }: Desk,
  customer: { readonly id: string; readonly address: string },
): Promise<void> {
  await stage.idle();
  const path = `/v1/customers/${customer.id}`;
  const content = { summary: 'One', description: 'A laptop.', category: 'Things', approval: true };
  const { body: item } = await admin('POST /v1/catalogue/items', { body: { name: 'Laptop', ...content } });
  await admin(`POST /v1/catalogue/items/${item.id}/publish`);
  await admin(`PUT ${path}/catalogue/items/${item.id}`);
  await admin(`PUT ${path}/full-view`, { body: { on: true }, ...any });
  const person = sure(await doorOf(stage, customer.address));
  const { body: request } = await person('POST /v1/requests', { body: { itemId: item.id } });
  await stage.idle();
  for (const verb of ['approve', 'start', 'complete'])
    await admin(`POST ${path}/requests/${request.id}/${verb}`, { body: {}, ...any });
  await person(`POST /v1/requests/${request.id}/confirm`, { body: { rating: 4 }, ...any });
  await admin('GET /v1/service-requests');
  await admin(`GET ${path}/requests.csv`);
}

/** An agent that enrols, is heard, and is taken out of service. */
async function probe(stage: Stage, { admin }: Desk, customerId: string): Promise<void> {
  const path = `/v1/customers/${customerId}/probes`;
  const { body } = await admin(`POST ${path}`, { body: { name: 'Head office' } });
  const agent = newAgent({ url: stage.agentUrl });
  await agent.enrol(body.enrolmentKey);
  await agent.heartbeat();
  await agent.send('POST /v1/agent/inventory', {
    sequence: 1,
    items: [{ type: 'DEVICE', externalId: 'switch', name: 'Switch' }],
  });
  await admin(`GET ${path}/${body.id}`);
  await admin(`DELETE ${path}/${body.id}?force=true`, any);
}

/** A customer that leaves with credits of its own. */
async function farewell({ admin }: Desk): Promise<void> {
  const mark = randomUUID().slice(0, 8);
  const contact = {
    name: `Former ${mark}`,
    email: `it@former-${mark}.example`,
    domain: `former-${mark}.example`,
  };
  const { id } = (await admin('POST /v1/customers', { body: contact })).body;
  await admin(`POST /v1/customers/${id}/credits/grants`, { body: { amount: 10 } });
  await admin(`DELETE /v1/customers/${id}`, any);
}

/** A reseller with a customer, users and a service, brought into the directory by the engine. */
async function people(stage: Stage, { admin }: Desk): Promise<void> {
  const mark = randomUUID().slice(0, 8);
  const quick = (name: string) => ({
    name: `${name} ${mark}`,
    email: `it@${mark}.example`,
    domain: `${name}-${mark}.example`,
  });
  const reseller = (await admin('POST /v1/customers', { body: quick('reseller') })).body;
  await admin(`PUT /v1/customers/${reseller.id}/reseller-service`, any);
  const body = { ...quick('below'), parentId: reseller.id };
  const { id } = (await admin('POST /v1/customers', { body })).body;
  await admin(`POST /v1/customers/${id}/provision`, any);
  await stage.idle();
  const user = { firstName: 'Una', lastName: 'User', upn: `una@below-${mark}.example` };
  await admin(`POST /v1/customers/${id}/users`, { body: user });
  await stage.idle();
  await admin('POST /v1/services', { body: { code: 'MAIL', name: 'Mail', kind: 'USER' } });
  await admin('GET /v1/services');
  await admin(`GET /v1/customers/${id}/provisioning-requests`);
  await admin(`GET /v1/customers/${id}/directory-objects`);
  await admin(`GET /v1/customers/${reseller.id}/subtree`);
}

async function documents(url: string): Promise<void> {
  for (const path of [
    '/openapi.json',
    '/docs',
    '/docs/reference.js',
    '/docs/reference.css',
    '/docs/problems',
  ]) {
    const response = await fetch(`${url}${path}`);
    if (!response.ok || (await response.text()).length < 100)
      throw new Error(`${path} answered ${response.status}`);
  }
}

/** A provider without the mode: its own users and groups, tickets that come to nothing; one on premises enables itself. */
async function beforeTheMode(stage: Stage): Promise<void> {
  const operator = sure(await doorOf(stage, 'operator@platform.example'));
  const handler = sure(await doorOf(stage, 'handler@platform.example'));
  const mark = randomUUID().slice(0, 8);
  const email = `eve@early-${mark}.example`;
  await operator('POST /v1/providers', {
    body: {
      name: `Early ${mark}`,
      hosting: 'ON_PREMISES',
      installation: 'FRESH',
      administrator: { name: 'Eve Early', email },
    },
  });
  const eve = sure(await doorOf(stage, email));
  const user = await eve('POST /v1/external-users', { body: { name: 'Out Sider', email: `out-${email}` } });
  await eve('GET /v1/external-users');
  await eve(`GET /v1/external-users/${user.body.id}`);
  await eve(`DELETE /v1/external-users/${user.body.id}`, any);
  const group = await eve('POST /v1/collaborator-groups', { body: { name: 'Friends' } });
  await eve('GET /v1/collaborator-groups');
  await eve(`GET /v1/collaborator-groups/${group.body.id}`);
  await eve(`DELETE /v1/collaborator-groups/${group.body.id}`, any);
  for (const end of ['reject', 'cancel'] as const) {
    const question = { kind: 'QUESTION', subject: 'A question', description: 'How does it work?' };
    const { id } = (await eve('POST /v1/tickets', { body: question })).body;
    await eve(`POST /v1/tickets/${id}/comments`, { body: { text: 'It is urgent.' } });
    await handler(`GET /v1/tickets/${id}/comments`);
    if (end === 'reject')
      await handler(`POST /v1/tickets/${id}/reject`, { ...any, body: { reason: 'See the manual.' } });
    else await eve(`POST /v1/tickets/${id}/cancel`, any);
    await eve(`GET /v1/tickets/${id}`);
  }
  await listAll(handler, '/v1/tickets');
  await eve('POST /v1/msp-mode/enable', any);
  await eve('POST /v1/msp-mode/disable', any);
}

async function staff(stage: Stage, { providerId, admin }: Desk): Promise<void> {
  const operator = sure(await doorOf(stage, 'operator@platform.example'));
  await admin('GET /v1/me');
  await listAll(operator, '/v1/providers');
  await operator(`GET /v1/providers/${providerId}`);
  await operator(`PATCH /v1/providers/${providerId}`, {
    ...any,
    body: { name: `Renamed ${randomUUID().slice(0, 8)}` },
  });
  const members = `/v1/providers/${providerId}/members`;
  const body = { name: 'Olga Operator', email: `${randomUUID()}@msp.example`, roles: ['MSP_OPERATOR'] };
  const { personId } = (await admin(`POST ${members}`, { body })).body;
  await listAll(admin, members);
  await admin(`GET ${members}/${personId}`);
  await admin(`PATCH ${members}/${personId}`, { ...any, body: { roles: ['CATALOG_ADMINISTRATOR'] } });
  await admin(`DELETE ${members}/${personId}`, any);
}

async function directory({ admin }: Desk): Promise<void> {
  const add = async (name: string) =>
    (await admin('POST /v1/companies', { body: { name, type: 'VENDOR', organizations: ['Office'] } })).body
      .id;
  const [one, two] = [await add('Vendor One'), await add('Vendor Two')];
  await admin('GET /v1/companies?type=VENDOR');
  await admin(`GET /v1/companies/${one}`);
  await admin(`PATCH /v1/companies/${one}`, { ...any, body: { name: 'Vendor First' } });
  const email = `${randomUUID()}@vendor.example`;
  const body = {
    fullName: 'Vera Vendor',
    loginName: 'vera',
    email,
    organization: 'Office',
    department: 'IT',
  };
  const { id } = (await admin(`POST /v1/companies/${one}/people`, { body })).body;
  await admin(`GET /v1/companies/${one}/people`);
  await admin(`GET /v1/companies/${one}/people/${id}`);
  await admin(`GET /v1/companies/${one}/groups`);
  await admin(`GET /v1/people?email=${encodeURIComponent(email)}`);
  await admin(`PATCH /v1/companies/${one}/people/${id}`, { ...any, body: { department: 'Sales' } });
  await admin(`PATCH /v1/companies/${one}/people/${id}`, { ...any, body: { companyId: two } });
  await admin(`DELETE /v1/companies/${two}/people/${id}`, any);
  for (const company of [one, two]) await admin(`DELETE /v1/companies/${company}`, any);
}

async function customers({ admin }: Desk, customerId: string): Promise<void> {
  const path = `/v1/customers/${customerId}`;
  await admin('GET /v1/customers');
  const { companyId } = (await admin(`GET ${path}`)).body;
  await admin(`PATCH ${path}`, { ...any, body: { name: `Encore ${randomUUID().slice(0, 8)}` } });
  const body = { fullName: 'Second Admin', loginName: 'second', email: `${randomUUID()}@customer.example` };
  const person = (await admin(`POST /v1/companies/${companyId}/people`, { body })).body.id;
  await admin(`POST ${path}/administrators`, { body: { personId: person } });
  await admin(`GET ${path}/administrators`);
  await admin(`GET ${path}/administrators/${person}`);
  await admin(`DELETE ${path}/administrators/${person}`, any);
}

/** Use over a limit and back, by thresholds that the customer inherits; one recipient's address bounces. */
async function licences({ admin }: Desk, customerId: string): Promise<void> {
  const path = `/v1/customers/${customerId}`;
  await admin('GET /v1/licence-pool');
  await admin('GET /v1/licence-pool/DEVICE');
  const allocations = { DEVICE: { limit: 10 } };
  await admin(`PUT ${path}/licences`, { ...any, body: { model: 'ALLOCATED', allocations } });
  await admin(`PUT ${path}/notification-settings`, {
    ...any,
    body: { recipients: [`encore-${customerId}@msp.example`, 'bounce@simulator.amazonses.com'] },
  });
  const items = Array.from({ length: 8 }, (_, at) => ({ type: 'DEVICE', name: `router-${at}` }));
  const rows = (await admin(`POST ${path}/items`, { body: { items } })).body.items;
  const ids: string[] = rows.map(({ id }: { id: string }) => id);
  await admin(`POST ${path}/items/unmanage`, { body: { ids } });
  await admin(`POST ${path}/items/manage`, { body: { ids: ids.slice(0, 6) } });
  await listAll(admin, `${path}/items`);
  await admin(`GET ${path}/items/${ids[0]}`);
  await admin(`DELETE ${path}/items/${ids[0]}`, any);
  await admin(`GET ${path}/licences`);
  await admin(`POST ${path}/notification-settings/preview`, { body: {} });
  await admin(`POST ${path}/notification-settings/send-to-me`, { body: { resourceType: 'DEVICE' } });
  await admin('GET /v1/notification-settings');
  await admin('PUT /v1/notification-settings', { ...any, body: { thresholds: [40, 90] } });
}

async function credits({ admin }: Desk, customerId: string): Promise<void> {
  const path = `/v1/customers/${customerId}/credits`;
  await admin(`POST ${path}/grants`, { body: { amount: 100 } });
  await admin(`PATCH ${path}/settings`, { ...any, body: { alertLimit: 50 } });
  const batch = await admin(`POST ${path}/debits/batch`, {
    body: { lines: [{ amount: 60 }, { amount: 20 }] },
  });
  const { entryId } = batch.body;
  await admin(`POST ${path}/refunds`, { body: { entryId, line: 0 } });
  await admin(`POST ${path}/adjustments`, { body: { amount: -1, reason: 'Rounding' } });
  for (const rest of [
    '',
    `?at=${batch.body.at}`,
    '/settings',
    '/forecast',
    '/entries.csv',
    `/entries/${entryId}`,
  ])
    await admin(`GET ${path}${rest}`);
  await listAll(admin, `${path}/entries`);
  const topUp = { below: 50, amount: 100, cooldownMinutes: 5, maxPerDay: 2 };
  await admin(`PATCH ${path}/settings`, { ...any, body: { topUp } });
}

async function notices({ admin }: Desk, customerId: string): Promise<void> {
  const path = `/v1/customers/${customerId}`;
  const told = await listAll<{ id: string; alerts: string[] }>(admin, `${path}/notices`);
  const reached = told.findLast(({ alerts }) => alerts.includes('LICENCE.DEVICE.80'));
  await admin(`GET ${path}/notices/${reached?.id}`);
  await admin(`POST ${path}/notices/${reached?.id}/resend`);
  await admin(`GET ${path}/alerts`);
  const alert = `${path}/alerts/CREDITS.below-50`;
  await admin(`GET ${alert}/explanation`);
  const until = new Date(Date.now() + 3_600_000).toISOString();
  await admin(`POST ${alert}/snooze`, { body: { until, reason: 'Known' } });
  await admin(`GET ${alert}/snooze`);
  await admin(`DELETE ${alert}/snooze`, any);
  const suppressed = await listAll<{ id: string }>(admin, `${path}/suppressed-addresses`);
  if (suppressed.length !== 1) throw new Error(`${suppressed.length} addresses are suppressed, expected 1`);
  await admin(`GET ${path}/suppressed-addresses/${suppressed[0]?.id}`);
  await admin(`DELETE ${path}/suppressed-addresses/${suppressed[0]?.id}`, any);
}

async function history({ admin }: Desk, customer: Door, customerId: string): Promise<void> {
  const all = await listAll<{ id: string }>(admin, '/v1/audit-events');
  await admin(`GET /v1/audit-events/${all[0]?.id}`);
  await listAll(customer, '/v1/audit-events');
  await customer(`GET /v1/customers/${customerId}`);
}
