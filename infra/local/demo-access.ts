import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openBrowser } from './browser.ts';
import { type Child, startChild } from './child.ts';
import { type Caller, callerOf, chapter, type Stage, same, tag } from './demo-client.ts';
import { leavePartner } from './demo-removal.ts';
import { begin } from './demo-story.ts';

/** What the story of access is told with. */
export interface Scene {
  readonly stage: Stage;
  readonly mark: string;
  readonly partner: Caller;
  readonly partnerEmail: string;
  readonly dir: string;
  /** Every process that was started, ended with the story. */
  readonly machines: Child[];
}

/** A customer that was added in order: its address, its administrator, its product. */
export interface Managed {
  readonly path: string;
  readonly name: string;
  readonly admin: Caller;
  readonly adminEmail: string;
  readonly productId: string;
}

const trialSeats = 2;
const document = {
  schema: 1,
  antivirus: { realTime: true, scanSchedule: { weekday: null, time: '02:30' }, exclusions: [] },
  firewall: { enabled: true, rules: [] },
  usb: { mode: 'READ_ONLY' },
  updates: { channel: 'STABLE', window: { from: '22:00', to: '05:00' } },
};

/** A customer with a trial and machines, one imported by its own click, a visit to its console, and a removal by plan. */
export async function playAccess(stage: Stage): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), 'machines-'));
  const machines: Child[] = [];
  try {
    const { mark, catalog } = await begin(stage);
    const scene: Scene = {
      ...{ stage, mark, dir, machines },
      ...{ partner: catalog, partnerEmail: `ada@msp-${mark}.example` },
    };
    const managed = await addInOrder(scene);
    await fillSeats(scene, managed);
    const imported = await importByClick(scene);
    await visit(scene, imported);
    await leavePartner(scene, managed);
    await sayMails(scene);
  } finally {
    await Promise.all(machines.map((one) => one.end()));
    rmSync(dir, { recursive: true, force: true });
  }
}

async function addInOrder({ stage, mark, partner, partnerEmail }: Scene): Promise<Managed> {
  chapter('A product; a customer is added in order: who manages it, company, contact, products');
  const { body: product } = await partner('POST /v1/products', {
    body: { code: `EPP-${mark.toUpperCase()}`, name: 'Endpoint protection', trialSeats, mspLicence: true },
  });
  const domain = `tailspin-${mark}.example`;
  const name = `Tailspin Toys ${mark}`;
  const adminEmail = `tina@${domain}`;
  const order = (email: string) => ({
    managementType: 'BOTH',
    communications: 'BOTH',
    company: { name, email: `office@${domain}`, domain },
    contact: { name: 'Tina Tailspin', email },
    products: [{ source: 'TRIAL', productId: product.id }],
  });
  const [local, host] = partnerEmail.split('@');
  for (const wrong of [partnerEmail, `${local}+tailspin@${host}`, `tina@mail.${host}`])
    await partner('POST /v1/managed-customers', { body: order(wrong), expect: 422 });
  const { body } = await partner('POST /v1/managed-customers', { body: order(adminEmail) });
  const path = `/v1/customers/${body.customer.id}`;
  await partner(`POST ${path}/subscriptions`, {
    body: { source: 'TRIAL', productId: product.id },
    expect: 409,
  });
  const admin = await callerOf(stage, adminEmail);
  return { path, name, admin, adminEmail, productId: product.id };
}

/** Starts a machine of the customer, as a process of its own. */
function startMachine({ stage, dir, machines }: Scene, name: string, token: string): Child {
  const args = ['--machine', '--url', stage.agentUrl, '--state', join(dir, name)];
  const heard = (line: string) => console.log(`      ${name.padEnd(10)} | ${line}`);
  const child = startChild('infra/agent/main.ts', args, { environment: { PACKAGE_TOKEN: token }, heard });
  machines.push(child);
  return child;
}

async function fillSeats(scene: Scene, { path, admin, productId }: Managed): Promise<void> {
  const { partner } = scene;
  chapter('Its administrator makes a group, a policy and a package; the partner cannot without a session');
  await partner(`GET ${path}/machines`, { expect: 403 });
  const { body: policy } = await admin(`POST ${path}/policies`, { body: { name: 'Offices', document } });
  const { body: group } = await admin(`POST ${path}/machine-groups`, {
    body: { name: 'Offices', policyId: policy.id },
  });
  const { body: made } = await admin(`POST ${path}/packages`, {
    body: { groupId: group.id, platform: 'ANY', productId, mostUses: 10 },
  });
  const { body: manifest } = await admin(`GET ${path}/packages/${made.id}/manifest`, { quiet: true });
  console.log(`      manifest: ${JSON.stringify(manifest)}`);
  chapter(`Machines enrol with it up to the ${trialSeats} seats of the trial; the next is refused`);
  for (const name of ['desk-1', 'desk-2'])
    await startMachine(scene, name, made.token).says(/enrolled as mch_/);
  await startMachine(scene, 'desk-3', made.token).says(/refused/);
  chapter('The MSP licence is applied: the third has a seat, the fourth is metered beyond');
  await partner(`POST ${path}/subscriptions`, { body: { source: 'MSP', productId, seats: 1 } });
  for (const name of ['desk-4', 'desk-5'])
    await startMachine(scene, name, made.token).says(/enrolled as mch_/);
  const month = new Date().toISOString().slice(0, 7);
  const { body: use } = await partner(`GET ${path}/seat-usage?month=${month}`, { quiet: true });
  console.log(`      metered: ${JSON.stringify(use)}`);
  const { body: list } = await admin(`GET ${path}/machines`);
  same('machines', list.items.length, 4);
}

interface Imported {
  readonly path: string;
  readonly admin: Caller;
}

async function importByClick({ stage, mark, partner }: Scene): Promise<Imported> {
  chapter('A company that is there already, without a partner, is to be imported');
  const operator = await callerOf(stage, 'operator@platform.example');
  const adminEmail = `wanda@wingtip-${mark}.example`;
  const { body: account } = await operator('POST /v1/accounts', {
    body: {
      name: `Wingtip Travel ${mark}`,
      email: `office@wingtip-${mark}.example`,
      administrator: { name: 'Wanda Wingtip', email: adminEmail },
    },
  });
  const path = `/v1/customers/${account.id}`;
  const ask = (email: string) => ({
    email,
    managementType: 'BOTH',
    communications: 'BOTH',
    access: { roles: ['CUSTOMER_ADMINISTRATOR'], mostMinutes: 30, approval: 'STANDING' },
    message: 'You asked us to look after your machines.',
  });
  const { body: asked } = await partner('POST /v1/customer-imports', { body: ask(adminEmail) });
  await partner('POST /v1/customer-imports', { body: ask(`nobody@wingtip-${mark}.example`) });
  await partner(`GET ${path}`, { expect: 404 });
  await stage.idle();
  const mail = (await stage.mails()).find(({ to }) => to.includes(adminEmail));
  const [link] = /https?:\/\/\S+\/import\/confirm\?\S+/.exec(mail?.text ?? '') ?? [];
  if (!link) throw new Error('The mail holds no link');
  console.log(`  ✉ ${adminEmail} — ${mail?.subject}`);
  for (const method of ['HEAD', 'GET', 'GET']) await fetch(link, { method });
  same('after a scanner', (await partner(`GET /v1/customer-imports/${asked.id}`)).body.state, 'PENDING');
  const browser = await openBrowser();
  try {
    await browser.visit(link);
    console.log(`      browser, without scripts: ${await browser.title()}`);
    await browser.type('#confirm-email', adminEmail);
    await browser.press('form:has([value="confirm"]) button');
    console.log(`      browser, after the click: ${await browser.title()}`);
    same('answer', await browser.title(), 'Confirmed');
    await browser.visit(link);
    console.log(`      browser, the link again: ${await browser.title()}`);
  } finally {
    await browser.close();
  }
  same('import', (await partner(`GET /v1/customer-imports/${asked.id}`)).body.state, 'CONFIRMED');
  await partner(`GET ${path}`);
  return { path, admin: await callerOf(stage, adminEmail) };
}

async function visit({ partner }: Scene, { path, admin }: Imported): Promise<void> {
  chapter('The partner enters its console with a reason, and changes a policy');
  const { body: policy } = await admin(`POST ${path}/policies`, { body: { name: 'Everywhere', document } });
  const { body: opened } = await partner(`POST ${path}/access-sessions`, {
    body: {
      reason: 'USB sticks are to be blocked, as Wanda asked',
      ticket: 'HD-4711',
      roles: ['CUSTOMER_ADMINISTRATOR'],
      minutes: 15,
    },
  });
  const session = opened.token;
  const found = await partner(`GET ${path}/policies/${policy.id}`, { session });
  const body = { name: 'Everywhere', document: { ...document, usb: { mode: 'BLOCK' } } };
  await partner(`PUT ${path}/policies/${policy.id}`, { session, body, ifMatch: tag(found) });
  await partner(`POST ${path}/access-sessions`, {
    session,
    body: { reason: 'A session from a session', roles: ['CUSTOMER_ADMINISTRATOR'], minutes: 5 },
    expect: 403,
  });
  chapter('The customer sees who came in, when, why and what was changed; it ends the session');
  const { body: visits } = await admin(`GET ${path}/access-sessions`, { quiet: true });
  const [one] = visits.items;
  console.log(
    `      ${one.person.name} of ${one.organization.name}: ${one.reason} (${one.ticket}), ${one.state}, ${one.changes.count} changes`,
  );
  const { body: audit } = await admin(`GET ${one.audit}`, { quiet: true });
  for (const { at, action, actor } of audit.items)
    console.log(`      ${at} ${action} by ${actor.id} for ${actor.onBehalfOf}: ${actor.reason}`);
  same(
    'changes in the audit',
    audit.items.filter((row: { action: string }) => row.action.startsWith('policies.')).length,
    1,
  );
  await admin(`POST ${path}/access-sessions/${one.id}/end`, { body: {} });
  await partner(`GET ${path}/policies/${policy.id}`, { session, expect: 401 });
}

async function sayMails({ stage, mark }: Scene): Promise<void> {
  chapter('Every mail of the story');
  await stage.idle();
  const mails = (await stage.mails()).filter(({ to }) => to.some((one) => one.includes(mark)));
  for (const { to, subject } of mails) console.log(`  ✉ ${to.join(', ')} — ${subject}`);
}
