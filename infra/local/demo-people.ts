import { type Caller, callerOf, chapter, same, tag } from './demo-client.ts';
import { compare, type Grove } from './demo-tree.ts';

/** A customer of the sub-reseller. */
export interface Tenant {
  readonly id: string;
  readonly path: string;
  readonly domain: string;
}

export interface Tenants {
  readonly fabrikam: Tenant;
  readonly contoso: Tenant;
}

/** The sub-reseller's administrator adds customers: with three fields, and in full. */
export async function addCustomers(grove: Grove): Promise<Tenants> {
  const { south, mark, mail, telephony, stage } = grove;
  chapter('The sub-reseller’s administrator adds a customer the quick way, and one in full');
  const domain = `fabrikam-${mark}.example`;
  const quick = { name: `Fabrikam ${mark}`, email: `it@${domain}`, domain };
  const { body: fabrikam } = await south.admin('POST /v1/customers', { body: quick });
  await south.admin('POST /v1/customers', { body: quick, expect: 409 });
  const full = {
    name: `Contoso, Ltd. (${mark})`,
    code: `CON${mark.toUpperCase()}`,
    contactName: 'Kim Contoso',
    email: `kim@contoso-${mark}.example`,
    domains: [{ name: `contoso-${mark}.example`, primary: true }, { name: `contoso-${mark}.test` }],
    customerType: 'STANDARD',
    billingId: `CRM-${mark}`,
    location: 'Vienna',
    locale: 'de-AT',
    timeZone: 'Europe/Vienna',
    address: 'Ring 1',
    city: 'Vienna',
    country: 'Austria',
    phone: '+43 1 234567',
    userLimit: 3,
    passwordRule: { minLength: 12, changeAtNextLogon: true, neverExpires: false, expiryDays: 90 },
    ouStructure: 'BY_DEPARTMENT',
  };
  await south.admin('POST /v1/customers', {
    body: { ...full, allowedRoles: ['MY_ACCOUNT_MANAGEMENT'] },
    expect: 409,
  });
  const roles = {
    allowedRoles: ['CUSTOMER_ADMINISTRATOR', 'USER_ADMINISTRATOR'],
    restrictedRoles: ['SERVICE_ADMINISTRATOR'],
  };
  const { body: contoso } = await south.admin('POST /v1/customers', { body: { ...full, ...roles } });
  const made = [tenantOf(fabrikam), tenantOf(contoso)] as const;
  for (const { path } of made) await south.admin(`POST ${path}/provision`);
  await stage.idle();
  const { body: settings } = await south.admin(`GET ${made[1].path}/effective-settings`);
  same('locale', settings.locale, {
    value: 'de-AT',
    from: { nodeId: contoso.id, level: 'CUSTOMER' },
    lockedBy: null,
  });

  chapter('Services reach customers through their parent’s offer');
  for (const { path } of made) {
    await south.admin(`PUT ${path}/services/${mail.id}`, { body: { planId: mail.plan } });
  }
  await south.admin(`PUT ${made[0].path}/services/${telephony.id}`, { body: {}, expect: 409 });
  await compare(grove);
  return { fabrikam: made[0], contoso: made[1] };
}

const tenantOf = ({ id, domains: [domain] }: { id: string; domains: { name: string }[] }): Tenant => ({
  id,
  path: `/v1/customers/${id}`,
  domain: domain?.name ?? '',
});

/** Users: the first administers, others come by hand and by file, with roles and services; one is disabled. */
export async function addUsers(grove: Grove, { fabrikam, contoso }: Tenants): Promise<void> {
  const { south, north, stage, mail, mark } = grove;
  const add = async (
    by: Caller,
    { path, domain }: Tenant,
    [firstName = '', lastName = '', more = {}]: Person,
  ) => {
    const upn = `${firstName.toLowerCase()}@${domain}`;
    const made = await by(`POST ${path}/users`, { body: { firstName, lastName, upn, ...more } });
    return { path: `${path}/users/${made.body.id}`, etag: tag(made), roles: made.body.roles, upn };
  };
  chapter('Users: the first administers the customer and adds the others, by hand and by file');
  const carla = await add(south.admin, fabrikam, ['Carla', 'Fabrikam']);
  same('roles of the first user', carla.roles, ['CUSTOMER_ADMINISTRATOR']);
  const admin = await callerOf(stage, carla.upn);
  const dora = await add(admin, fabrikam, ['Dóra', 'Ünal', { upn: `dora@${fabrikam.domain}` }]);
  const emil = await add(admin, fabrikam, ['Emil', 'Berg', { role: { preset: 'USER_ADMINISTRATOR' } }]);
  await add(admin, fabrikam, ['Tess', 'Tester', { testUser: true, passwordNeverExpires: true }]);
  const rows = ['Fay,Lind,fay@', 'Gus,Moe,gus@', 'Ivo,Out,ivo@elsewhere-'].map(
    (row) => `${row}${fabrikam.domain}`,
  );
  const { body: report } = await admin(`POST ${fabrikam.path}/user-imports`, {
    text: ['firstName,lastName,upn', ...rows].join('\r\n'),
    type: 'text/csv',
  });
  for (const row of report.results)
    console.log(`      line ${row.line}: ${row.userId ?? `${row.field} ${row.message}`}`);
  const gus = `${fabrikam.path}/users/${report.results[1].userId}`;
  same('rows', { imported: report.imported, failed: report.failed }, { imported: 2, failed: 1 });

  chapter('Roles from a collection, services to users, and one user is disabled');
  const collection = await north.admin('POST /v1/role-collections', {
    body: { name: `Desk ${mark}`, roles: ['PARTIAL_USER_ADMINISTRATOR', 'SERVICE_ADMINISTRATOR'] },
  });
  const role = { role: { collectionId: collection.body.id } };
  const promoted = await south.admin(`PATCH ${dora.path}`, { body: role, ifMatch: '*' });
  same('roles of the collection', promoted.body.roles.toSorted(), collection.body.roles.toSorted());
  await admin(`PATCH ${carla.path}`, { body: { role: null }, ifMatch: '*', expect: 409 });
  for (const one of [carla, dora, emil]) {
    await admin(`PUT ${one.path}/services/${mail.id}`, { body: { planId: mail.seat } });
  }
  await compare(grove);
  await admin(`PATCH ${emil.path}`, { body: { disabled: true }, ifMatch: '*' });
  const displayName = 'Dóra Ünal, "Desk" *)(uid=*';
  await admin(`PATCH ${dora.path}`, { body: { displayName }, ifMatch: '*' });
  await admin(`POST ${dora.path}/provision`);
  await admin(`DELETE ${dora.path}/services/${mail.id}`, { ifMatch: '*' });
  await admin(`DELETE ${gus}`, { ifMatch: '*' });
  const kim = await add(south.admin, contoso, ['Kim', 'Contoso']);
  await add(south.admin, contoso, [
    'Leo',
    'Contoso',
    { upn: `leo@contoso-${mark}.test`, expiresOn: '2099-12-31', department: 'R&D (EU), #1' },
  ]);
  await add(south.admin, contoso, ['Mia', 'Contoso', { expiresOn: '2020-12-31' }]);
  await south.admin(`POST ${contoso.path}/users`, {
    body: { firstName: 'Noah', lastName: 'Four', upn: `noah@${contoso.domain}` },
    expect: 409,
  });
  await stage.idle();
  await south.admin(`PUT ${kim.path}/services/${mail.id}`, { body: { planId: mail.seat } });
  // One of eleven administers each of five nodes, three have mail, all are users.
  same('memberships', (await compare(grove)).memberships, 11 + 5 + 3);
}

type Person = readonly [firstName: string, lastName: string, more?: Record<string, unknown>];
