import { providerCode } from '../../lib/provisioning/naming.ts';
import { type Caller, callerOf, chapter, type Stage, same, tag } from './demo-client.ts';
import {
  type Count,
  countTold,
  differences,
  type Listed,
  searchDirectory,
  withMembers,
} from './demo-directory.ts';
import { Stop } from './failure.ts';
import type { DirectoryAccess } from './samba.ts';

/** A node of the tree with somebody who speaks for it. */
export interface Branch {
  readonly id: string;
  readonly path: string;
  readonly domain: string;
  readonly admin: Caller;
}

/** A service with a plan for customers and, where users have it, one for them. */
export interface Ware {
  readonly id: string;
  readonly code: string;
  readonly plan: string;
  readonly seat: string | null;
}

export interface Grove {
  readonly stage: Stage;
  readonly mark: string;
  readonly providerId: string;
  readonly catalog: Caller;
  readonly directory: DirectoryAccess;
  readonly mail: Ware;
  readonly backup: Ware;
  readonly telephony: Ware;
  readonly north: Branch;
  readonly west: Branch;
  readonly south: Branch;
}

/** A provider defines services; resellers below it, one below another, may hand on some of them. */
export async function plantTree(stage: Stage): Promise<Grove> {
  const { directory } = stage;
  if (!directory) throw new Stop('This story needs a stack that works on a directory.');
  const mark = Date.now().toString(36).slice(-6);
  const { catalog, providerId } = await join(stage, mark);

  chapter('The provider defines services, with plans for customers and for users');
  const define = (code: string, name: string, kind: 'CUSTOMER' | 'USER') =>
    defineService(catalog, { code, name, kind });
  const mail = await define('MAIL', 'Mailboxes', 'USER');
  const backup = await define('BACKUP', 'Backup', 'CUSTOMER');
  const telephony = await define('VOIP', 'Telephony', 'USER');

  chapter('A customer becomes a reseller by the reseller service, and is offered some of the services');
  const soil = { stage, mark };
  const north = await plantReseller(soil, catalog, { name: 'North', administrator: 'nora' });
  const west = await plantReseller(soil, catalog, { name: 'West', administrator: 'wendy' });
  for (const { id } of [mail, backup]) await catalog(`PUT ${north.path}/offers/${id}`);

  chapter('Its administrator makes a reseller in turn, and can hand on only what it has');
  const south = await plantReseller(soil, north.admin, { name: 'South', administrator: 'sven' });
  await north.admin(`PUT ${south.path}/offers/${mail.id}`);
  await north.admin(`PUT ${south.path}/offers/${telephony.id}`, { expect: 409 });
  await north.admin(`PUT ${south.path}/services/${backup.id}`, { body: { planId: backup.plan } });
  await catalog(`PUT ${north.path}/services/${backup.id}`, { body: { planId: backup.plan } });
  await north.admin(`GET ${west.path}`, { expect: 404 });
  await south.admin(`GET ${north.path}`, { expect: 404 });
  const grove = { ...soil, providerId, catalog, directory, mail, backup, telephony, north, west, south };
  await compare(grove);
  return grove;
}

async function join(stage: Stage, mark: string): Promise<{ catalog: Caller; providerId: string }> {
  chapter('A provider joins, and MSP mode is switched on');
  const operator = await callerOf(stage, 'operator@platform.example');
  const handler = await callerOf(stage, 'handler@platform.example');
  const address = `ada@grove-${mark}.example`;
  const { body: provider } = await operator('POST /v1/providers', {
    body: {
      name: `Grove MSP ${mark}`,
      domains: [`grove-${mark}.example`],
      hosting: 'SAAS',
      installation: 'FRESH',
      administrator: { name: 'Ada Admin', email: address },
    },
  });
  const catalog = await callerOf(stage, address);
  const ticket = await catalog('POST /v1/tickets', {
    body: { kind: 'MSP_MODE', subject: 'MSP mode please', description: 'We serve several companies.' },
  });
  await handler(`POST /v1/tickets/${ticket.body.id}/approve`, { ifMatch: tag(ticket) });
  return { catalog, providerId: provider.id };
}

async function defineService(
  catalog: Caller,
  service: { code: string; name: string; kind: 'CUSTOMER' | 'USER' },
): Promise<Ware> {
  const { body } = await catalog('POST /v1/services', { body: service });
  const price = async (audience: 'CUSTOMER' | 'USER', salesPrice: number): Promise<string> => {
    const plan = {
      audience,
      name: `${service.name} ${audience.toLowerCase()}`,
      sku: `${service.code}-${audience}`,
    };
    const prices = { costPrice: Math.round(salesPrice * 0.6), salesPrice, currency: 'EUR' };
    return (await catalog(`POST /v1/services/${body.id}/plans`, { body: { ...plan, ...prices } })).body.id;
  };
  const plan = await price('CUSTOMER', 4900);
  return {
    id: body.id,
    code: service.code,
    plan,
    seat: service.kind === 'USER' ? await price('USER', 300) : null,
  };
}

async function plantReseller(
  { stage, mark }: { stage: Stage; mark: string },
  by: Caller,
  { name, administrator }: { name: string; administrator: string },
): Promise<Branch> {
  const domain = `${name.toLowerCase()}-${mark}.example`;
  const made = await by('POST /v1/customers', {
    body: { name: `${name} ${mark}`, email: `office@${domain}`, domain },
  });
  const path = `/v1/customers/${made.body.id}`;
  await by(`PUT ${path}/reseller-service`, { ifMatch: tag(made) });
  await by(`POST ${path}/provision`);
  const address = `${administrator}@${domain}`;
  const firstName = administrator.replace(/^./, (letter) => letter.toUpperCase());
  await stage.idle();
  await by(`POST ${path}/users`, { body: { firstName, lastName: name, upn: address } });
  await stage.idle();
  return { id: made.body.id, path, domain, admin: await callerOf(stage, address) };
}

/** Compares what the API lists of the whole tree with what `ldapsearch` lists below the provider, object by object. */
export async function compare({ stage, catalog, directory, providerId }: Grove): Promise<Count> {
  await stage.idle();
  const nodes = await nodesOf(catalog);
  const lists = await Promise.all(
    nodes.map((id) => listAll<Listed>(catalog, `/v1/customers/${id}/directory-objects`)),
  );
  const told = withMembers(lists.flat());
  const below = `OU=${providerCode(providerId)},${directory.baseDn}`;
  const found = await searchDirectory(directory, below);
  const differing = differences(told, found);
  for (const one of differing) console.log(`  ≠ ${one}`);
  if (differing.length > 0) {
    throw new Error(`API and directory differ in ${differing.length} places below ${below}`);
  }
  const count = countTold(found);
  const { containers, groups, users, off, memberships } = count;
  console.log(
    `  = ${found.length} objects agree with ldapsearch: ${containers} containers, ${groups} groups, ${users} users (${off} off), ${memberships} memberships`,
  );
  return count;
}

/** Every customer and reseller of the provider. */
export async function nodesOf(catalog: Caller): Promise<string[]> {
  const direct = await listAll<{ id: string }>(catalog, '/v1/customers');
  const subtrees = await Promise.all(
    direct.map(({ id }) => listAll<{ id: string }>(catalog, `/v1/customers/${id}/subtree`)),
  );
  const ids = subtrees.flat().map(({ id }) => id);
  same('nodes that are listed once', new Set(ids).size, ids.length);
  return ids;
}

/** Every page of a list, without a line for each. */
export async function listAll<T>(caller: Caller, path: string): Promise<T[]> {
  const items: T[] = [];
  let cursor: string | null = null;
  do {
    const after: string = cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    const { body } = await caller(`GET ${path}?limit=100${after}`, { quiet: true });
    items.push(...body.items);
    cursor = body.nextCursor;
  } while (cursor !== null);
  return items;
}
