import { type Caller, callerOf, chapter, type Stage, same, tag } from './demo-client.ts';

/** What the story made, for the part that follows. */
export interface Made {
  readonly mark: string;
  readonly catalog: Caller;
  readonly customerId: string;
  readonly customerName: string;
  readonly customerAdmin: string;
}

/** A new provider asks for MSP mode and gets it; companies and people come in by file; one becomes a customer. */
export async function begin(stage: Stage): Promise<Made> {
  const mark = Date.now().toString(36);
  const at = (who: string) => `${who}@msp-${mark}.example`;

  chapter('A provider joins, and its administrator asks the help desk for MSP mode');
  const operator = await callerOf(stage, 'operator@platform.example');
  const handler = await callerOf(stage, 'handler@platform.example');
  const { body: provider } = await operator('POST /v1/providers', {
    body: {
      name: `Northwind MSP ${mark}`,
      domains: [`msp-${mark}.example`],
      hosting: 'SAAS',
      installation: 'FRESH',
      administrator: { name: 'Ada Admin', email: at('ada') },
    },
  });
  const catalog = await callerOf(stage, at('ada'));
  const early = {
    companyId: 'com_00000000000000000000000000',
    accountManagerEmail: at('max'),
    administrators: ['per_00000000000000000000000000'],
  };
  await catalog('POST /v1/customers', { body: early, expect: 409 });
  same('eligible', (await catalog('GET /v1/msp-mode/eligibility')).body.eligible, true);
  const ticket = await catalog('POST /v1/tickets', {
    body: {
      kind: 'MSP_MODE',
      subject: 'Please switch MSP mode on',
      description: 'We serve several companies.',
    },
  });
  const dry = await handler(`POST /v1/tickets/${ticket.body.id}/approve?dryRun=true`, {
    ifMatch: tag(ticket),
  });
  for (const one of dry.body.effects) console.log(`      effect: ${one.description}`);
  await handler(`POST /v1/tickets/${ticket.body.id}/approve`, { ifMatch: tag(ticket) });
  same('MSP mode', (await catalog('GET /v1/msp-mode')).body.state, 'ENABLED');
  await catalog('POST /v1/external-users', {
    body: { name: 'Out Sider', email: `out@else-${mark}.example` },
    expect: 409,
  });

  chapter('Companies and people come from files; a bad row is told, the good ones land');
  const companies = `name,type,organizations\r\nContoso ${mark},CUSTOMER,Office\r\nFabrikam ${mark},OPERATING_COMPANY,\r\nAcme Parts ${mark},MANUFACTURER,\r\nBroken ${mark},NONSENSE,\r\n`;
  const people = `company,fullName,loginName,email,organization,department\r\nContoso ${mark},Carla Contoso,carla,carla@contoso-${mark}.example,Office,IT\r\nContoso ${mark},Cem Contoso,cem,cem@contoso-${mark}.example,Office,Sales\r\n`;
  await importFile(stage, catalog, 'companies', companies, { succeeded: 3, failed: 1 });
  await importFile(stage, catalog, 'people', people, { succeeded: 2, failed: 0 });

  chapter('A company becomes a customer');
  const found = await catalog(`GET /v1/companies?q=${encodeURIComponent(`Contoso ${mark}`)}`);
  const companyId = found.body.items[0].id;
  const carla = await catalog(`GET /v1/people?email=${encodeURIComponent(`carla@contoso-${mark}.example`)}`);
  const personId = carla.body.items[0].id;
  const body = { companyId, accountManagerEmail: at('max'), administrators: [personId] };
  await catalog('POST /v1/customers?dryRun=true', { body });
  const customer = await catalog('POST /v1/customers', { body });
  await catalog('POST /v1/customers', { body, expect: 409 });
  same('provider of the customer', customer.body.parentId ?? provider.id, provider.id);
  return {
    mark,
    catalog,
    customerId: customer.body.id,
    customerName: customer.body.name,
    customerAdmin: `carla@contoso-${mark}.example`,
  };
}

async function importFile(
  stage: Stage,
  caller: Caller,
  kind: string,
  text: string,
  expected: { succeeded: number; failed: number },
): Promise<void> {
  const started = await caller(`POST /v1/imports?kind=${kind}`, { text, type: 'text/csv' });
  await stage.idle();
  const { body } = await caller(`GET ${started.headers.get('location')}`);
  const rows = await caller(`GET ${started.headers.get('location')}/rows?state=failed`);
  for (const row of rows.body.items) console.log(`      line ${row.line}: ${row.field}: ${row.message}`);
  same(`rows of ${kind}`, { succeeded: body.succeeded, failed: body.failed }, expected);
}

/** Licences are allotted and used until two mails have come: at 80 % and at 100 %. */
export async function useLicences(stage: Stage, { catalog, customerId, mark }: Made): Promise<void> {
  chapter('Licences: a pool, an allocation, use that climbs');
  await catalog('PUT /v1/licence-pool/DEVICE', { body: { licensed: 100 }, ifMatch: '*' });
  const path = `/v1/customers/${customerId}`;
  const shared = await catalog(`GET ${path}/licences`);
  const terms = { model: 'ALLOCATED', allocations: { DEVICE: { limit: 10 } } };
  await catalog(`PUT ${path}/licences`, {
    body: { ...terms, allocations: { DEVICE: { limit: 101 } } },
    ifMatch: tag(shared),
    expect: 409,
  });
  await catalog(`PUT ${path}/licences?dryRun=true`, { body: terms, ifMatch: tag(shared) });
  await catalog(`PUT ${path}/licences`, { body: terms, ifMatch: tag(shared) });
  const settings = await catalog(`GET ${path}/notification-settings`);
  await catalog(`PUT ${path}/notification-settings`, {
    ifMatch: tag(settings),
    body: {
      enabled: true,
      thresholds: [80],
      recipients: `max@msp-${mark}.example, noc@msp-${mark}.example`,
      subject: '$customerName uses $usedPercent % of its $resourceType licences',
    },
  });
  const add = async (from: number, count: number) =>
    catalog(`POST ${path}/items`, {
      body: {
        items: Array.from({ length: count }, (_, index) => ({
          type: 'DEVICE',
          name: `switch-${from + index}`,
        })),
      },
    });
  await add(1, 7);
  await add(8, 1);
  await stage.idle();
  const over = await add(9, 3);
  same(
    'states of the last three',
    over.body.items.map((one: { state: string; reason?: string | null }) => one.reason ?? one.state),
    ['MANAGED', 'MANAGED', 'ALLOCATION_EXHAUSTED'],
  );
  await stage.idle();
}

/** Credits: the worked example of the credit system, 100 → 60 → 0 → −15, and a refund. */
export async function useCredits(stage: Stage, { catalog, customerId, customerAdmin }: Made): Promise<void> {
  chapter('Credits: switched on, granted, used up, refunded');
  const system = await catalog('GET /v1/credit-system');
  await catalog('PUT /v1/credit-system', { body: { enabled: true }, ifMatch: tag(system), expect: 409 });
  await catalog('PUT /v1/credit-system', {
    body: { enabled: true, acknowledgeCostDataLoss: true },
    ifMatch: tag(system),
  });
  const path = `/v1/customers/${customerId}/credits`;
  await catalog(`POST ${path}/grants`, { body: { amount: 100, reason: 'Opening balance' } });
  await catalog(`PATCH ${path}/settings`, { body: { alertLimit: 50 }, ifMatch: '*' });
  const debit = async (amount: number) => (await catalog(`POST ${path}/debits`, { body: { amount } })).body;
  same('after services 1 and 2', (await debit(40)).balanceAfter, 60);
  same('after service 3', (await debit(60)).balanceAfter, 0);
  await stage.idle();
  const last = await debit(15);
  same('after service 4', last.balanceAfter, -15);
  same(
    'refunded',
    (await catalog(`POST ${path}/refunds`, { body: { entryId: last.entryId } })).body.balanceAfter,
    0,
  );
  await catalog(`POST ${path}/refunds`, { body: { entryId: last.entryId }, expect: 409 });
  await stage.idle();
  const customer = await callerOf(stage, customerAdmin);
  const history = await customer(`GET ${path}/entries`);
  for (const one of history.body.items)
    console.log(`      ${one.seq} ${one.type} ${one.amount} → ${one.balanceAfter}`);
  await customer(`POST ${path}/grants`, { body: { amount: 1 }, expect: 403 });
}

/** What was told and why, and who did what. */
export async function lookBack({ catalog, customerId }: Made): Promise<void> {
  chapter('Looking back: notices, alerts with their reasons, audit');
  const path = `/v1/customers/${customerId}`;
  const notices = await catalog(`GET ${path}/notices`);
  for (const one of notices.body.items)
    console.log(`      ${one.at} ${one.subject ?? one.summary ?? one.id}`);
  const alerts = await catalog(`GET ${path}/alerts`);
  const [alert] = alerts.body.items;
  const explained = await catalog(
    `GET ${path}/alerts/${encodeURIComponent(alert.id ?? alert.alertId)}/explanation`,
  );
  console.log(
    `      ${explained.body.reason ?? explained.body.answer ?? explained.body.why ?? JSON.stringify(explained.body)}`,
  );
  const audit = await catalog('GET /v1/audit-events?limit=100');
  console.log(`      ${audit.body.items.length} audit entries, newest: ${audit.body.items[0].action}`);
}

/** Prints the mails of this story and compares them with what should have come. */
export async function checkMails(stage: Stage, { mark, customerAdmin, customerName }: Made): Promise<void> {
  chapter('The mails that came');
  const mails = (await stage.mails()).filter(({ to }) => to.some((one) => one.includes(mark)));
  const lines = mails.map(({ to, subject }) => `${to.join(', ')} — ${subject}`);
  for (const line of lines) console.log(`  ✉ ${line}`);
  const count = (who: string) => mails.filter(({ to }) => to.includes(who)).length;
  for (const who of [`max@msp-${mark}.example`, `noc@msp-${mark}.example`])
    same(`mails to ${who}`, count(who), 2);
  same(`mails to ${customerAdmin}`, count(customerAdmin), 2);
  same('mails in all', mails.length, 6);
  const first = mails.find(({ to }) => to.includes(`max@msp-${mark}.example`));
  same('subject of the first', first?.subject, `${customerName} uses 80 % of its DEVICE licences`);
}
