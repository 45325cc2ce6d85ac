import { randomUUID } from 'node:crypto';
import { commit, each, get } from '../../lib/aws/db.ts';
import { newId } from '../../lib/aws/world.ts';
import { assignmentItem } from '../../lib/catalog/assignment.ts';
import type { Published } from '../../lib/catalog/item.ts';
import { headItem } from '../../lib/catalog/item.ts';
import { unaltered } from '../../lib/catalog/settings.ts';
import { settingsOf } from '../../lib/catalog/work-store.ts';
import { assignmentKey, endUserKey, partition } from '../../lib/kit/keys.ts';
import type { Write } from '../../lib/kit/plan.ts';
import { deliver } from '../kit/deliver.ts';
import { addCompany, type Caller, call, ensureMspMode, type Msp } from '../kit/world.ts';

const put = (...writes: Write[]) => commit(writes, randomUUID(), Date.now() + 5000);

/** A published item of the provider's catalogue, below the API. */
export async function plantItem(msp: Pick<Msp, 'id'>, more: Partial<Published> = {}): Promise<string> {
  const id = newId('catalogItem', Date.now());
  const published: Published = {
    name: `Service ${id.slice(-6)}`,
    summary: 'A service',
    category: 'Things',
    fields: [],
    approval: false,
    quantity: { min: 1, max: 5 },
    price: null,
    freeLabel: 'Free',
    link: null,
    type: 'SERVICE',
    revision: 1,
    parts: [],
    publishedAt: new Date().toISOString(),
    ...more,
  };
  const { name, category, type } = published;
  const one = { id, type, name, category, state: 'PUBLISHED' as const, revision: 1, published, bundles: [] };
  const item = {
    ...one,
    createdAt: published.publishedAt,
    createdBy: 'somebody',
    supplied: false,
    code: null,
    lookup: 1,
    version: 1,
  };
  await put({ do: 'create', item: headItem(msp.id, item) });
  return id;
}

/** Gives a customer an item, below the API but by the same rules. */
export async function plantAssignment(customerId: string, itemId: string, name = 'Service'): Promise<void> {
  const settings = await settingsOf(customerId);
  const item = assignmentItem(customerId, {
    ...{ id: itemId, type: 'SERVICE' as const, name, from: 'prv_x', markets: [], everyone: [] },
    ...{ restricted: 0, open: settings.fullView ? 1 : 0, below: 0, version: 1 },
    createdAt: new Date().toISOString(),
  });
  await put({ do: 'create', item }, unaltered(customerId, settings));
}

export async function unplantAssignment(customerId: string, itemId: string): Promise<void> {
  await put({ do: 'remove', key: assignmentKey(customerId, itemId) });
}

export interface Somebody {
  readonly id: string;
  readonly email: string;
  readonly as: Caller;
}

/** A customer with people of its company, all enrolled; the first of them administers it. */
export interface Bazaar {
  readonly id: string;
  readonly companyId: string;
  readonly admin: Caller;
  readonly people: readonly Somebody[];
}

export function endUserOf(
  msp: Pick<Msp, 'id'>,
  customerId: string,
  one: { id: string; email: string },
): Somebody {
  const as = { tenant: customerId, person: one.id, roles: [], email: one.email, provider: msp.id };
  return { ...one, as };
}

export async function openBazaar(msp: Msp, people = 3): Promise<Bazaar> {
  const [company] = await Promise.all([addCompany(msp, { people }), ensureMspMode(msp)]);
  const [first = { id: '', email: '' }] = company.people;
  const body = {
    companyId: company.id,
    accountManagerEmail: 'manager@msp.example.com',
    administrators: [first.id],
  };
  const made = await call('POST /v1/customers', { as: msp.catalog, body });
  if (made.status !== 201) throw new Error(JSON.stringify(made.body));
  const { id } = made.body;
  await deliver(msp.id, id);
  const admin = {
    tenant: id,
    person: first.id,
    roles: ['CUSTOMER_ADMINISTRATOR'],
    email: first.email,
    provider: msp.id,
  };
  return { id, companyId: company.id, admin, people: company.people.map((one) => endUserOf(msp, id, one)) };
}

/** Adds a person with these fields to the company; not yet delivered. */
export async function addPerson(
  msp: Msp,
  bazaar: Bazaar,
  fields: Record<string, unknown> = {},
): Promise<Somebody> {
  const unique = randomUUID();
  const { status, body } = await call(`POST /v1/companies/${bazaar.companyId}/people`, {
    as: msp.catalog,
    body: { fullName: 'Somebody', loginName: unique, email: `${unique}@customer.example.com`, ...fields },
  });
  if (status !== 201) throw new Error(JSON.stringify(body));
  return endUserOf(msp, bazaar.id, { id: body.id, email: body.email });
}

export const rowOf = (customerId: string, personId: string) => get(endUserKey(customerId, personId), true);

export async function allOf(customerId: string, kind: 'END_USER' | 'ASSIGNED' | 'MARKET') {
  const out: Record<string, unknown>[] = [];
  for await (const one of each({ partition: partition(customerId, kind), limit: 500, consistent: true }))
    out.push(one);
  return out;
}

/** Ids of everything that a person finds in the catalogue. */
export async function seenBy(as: Caller, query = ''): Promise<string[]> {
  const out: string[] = [];
  let cursor: string | null = null;
  do {
    const more: string = cursor ? `&cursor=${cursor}` : '';
    const { status, body } = await call(`GET /v1/catalogue?limit=100${query}${more}`, { as });
    if (status !== 200) throw new Error(`listCatalogue answered ${status}`);
    out.push(...body.items.map((one: { id: string }) => one.id));
    cursor = body.nextCursor;
  } while (cursor);
  return out;
}

export const any = { 'if-match': '*' };
