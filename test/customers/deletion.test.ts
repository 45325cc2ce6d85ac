import { randomUUID } from 'node:crypto';
import { beforeAll, expect, it } from 'vitest';
import { toNode } from '../../lib/aws/auth.ts';
import { commit, get, LostRace } from '../../lib/aws/db.ts';
import { newId } from '../../lib/aws/world.ts';
import { toCompany } from '../../lib/customers/company.ts';
import { deleteCustomer, type Estate } from '../../lib/customers/deletion.ts';
import { estateOf } from '../../lib/customers/store.ts';
import { companyKey, nodeKey, openRequestsKey } from '../../lib/kit/keys.ts';
import type { Membership } from '../../lib/kit/membership.ts';
import type { Write } from '../../lib/kit/plan.ts';
import type { Node } from '../../lib/kit/scope.ts';
import { countOpened } from '../../lib/requests/counter.ts';
import { erase } from '../../lib/users/remove.ts';
import { lastUserOf } from '../../lib/users/store.ts';
import { any, plantDirectly, plantReseller } from '../kit/forest.ts';
import { type Answer, type Caller, call, ensureMspMode, type Msp, makeMsp } from '../kit/world.ts';
import { move, offer, openCatalogue, order, own, plantEndUser } from '../requests/desk.ts';
import { add } from '../users/people.ts';

let msp: Msp;
beforeAll(async () => {
  msp = await makeMsp();
  await ensureMspMode(msp);
});

const remove = (id: string, query = '') =>
  call(`DELETE /v1/customers/${id}${query}`, { as: msp.catalog, headers: any });
const now = () => new Date().toISOString();
const write = (writes: readonly Write[]) => commit(writes, randomUUID(), Date.now() + 5000);
const nodeOf = async (id: string) => toNode(await get(nodeKey(id), true)) as Node;

/** A customer with somebody who orders, and something to order. */
async function shop(): Promise<{ id: string; ada: Caller; item: Answer }> {
  const { id } = await plantDirectly(msp.catalog);
  await openCatalogue(msp.catalog, id);
  return { id, ada: await plantEndUser({ id, provider: msp.id }), item: await offer(msp, id) };
}

async function fulfil(request: Answer): Promise<void> {
  for (const verb of ['start', 'complete'] as const) {
    expect((await move(msp.catalog, request, verb)).status).toBe(200);
  }
}

/** What a deletion is decided from now, and the decision. */
async function parted(id: string) {
  const node = await nodeOf(id);
  const estate: Estate = { ...(await estateOf(node)), balance: 0, holdings: undefined, access: undefined };
  return { estate, plan: () => deleteCustomer(node, estate, { now: now(), dryRun: false }) };
}

it('waits for open requests, and tells so before', async () => {
  const { id, ada, item } = await shop();
  const [one, two] = [await order(ada, item), await order(ada, item)];
  const refused = { status: 409, body: { code: 'customers.open_requests', open: 2 } };
  expect(await remove(id, '?dryRun=true')).toMatchObject(refused);
  expect(await remove(id)).toMatchObject(refused);
  await own(ada, one, 'cancel');
  expect((await remove(id)).body).toMatchObject({ code: 'customers.open_requests', open: 1 });
  await fulfil(two);
  expect((await remove(id, '?dryRun=true')).status).toBe(200);
  expect((await remove(id)).status).toBe(204);
  expect(await get(openRequestsKey(id), true)).toBeUndefined();
});

it('decides anew where a request was submitted meanwhile, the first or another', async () => {
  const { id, ada, item } = await shop();
  for (const before of [undefined, 0]) {
    const { estate, plan } = await parted(id);
    expect(estate.requests?.open).toBe(before);
    const made = await order(ada, item);
    expect(made.status).toBe(201);
    await expect(write(plan().writes)).rejects.toBeInstanceOf(LostRace);
    await fulfil(made);
  }
  expect((await remove(id)).status).toBe(204);
});

it('lets nobody order of a customer that went meanwhile, or is disabled', async () => {
  const counted = await shop();
  await fulfil(await order(counted.ada, counted.item));
  for (const { id, ada, item } of [await shop(), counted]) {
    const node = await nodeOf(id);
    const late = countOpened(node, (await get(openRequestsKey(id), true)) !== undefined);
    expect((await call(`POST /v1/customers/${id}/disable`, { as: msp.catalog })).status).toBe(200);
    const disabled = { status: 403, body: { code: 'node.disabled' } };
    expect(await order(ada, item)).toMatchObject(disabled);
    expect((await remove(id)).status).toBe(204);
    await expect(write(late)).rejects.toBeInstanceOf(LostRace);
    expect((await order(ada, item)).status).toBe(401);
    expect(await get(openRequestsKey(id), true)).toBeUndefined();
  }
});

it('takes all that a customer can have in one transaction', async () => {
  const above = await plantReseller(msp);
  const domains = Array.from({ length: 20 }, (_, n) => ({
    name: `${randomUUID()}.example.com`,
    primary: n === 0,
  }));
  const more = { domains, billingId: randomUUID(), parentId: above.id };
  const { id, domains: had } = await plantReseller(msp, above.id, more).then((one) => ({ ...one, domains }));
  const at = { id, path: [], domain: had[0]?.name ?? '' };
  const roles = ['USER_ADMINISTRATOR'];
  const made = await call('POST /v1/role-collections', { as: msp.catalog, body: { name: 'Helpers', roles } });
  await add(at, msp.catalog, { email: 'elsewhere@example.com' });
  const node = await nodeOf(id);
  const last = await lastUserOf(id);
  const role = { collectionId: made.body.id, nodeId: msp.id };
  const lastUser = erase({ ...(last as NonNullable<typeof last>), role } as never, msp.id);
  const people = Array.from(
    { length: 24 },
    (_, n): Membership => ({
      nodeId: id,
      personId: newId('person', n),
      name: `Person ${n}`,
      email: `p${n}@customer.example`,
      roles: [],
      version: 1,
      createdAt: now(),
    }),
  );
  const companyId = newId('company', Date.now());
  const forest = { disabled: [id], version: 3, epoch: 0, move: undefined, arrived: undefined };
  const company = {
    ...companyKey(msp.id, companyId),
    id: companyId,
    name: 'C',
    type: 'CUSTOMER',
    version: 4,
  };
  const estate: Estate = {
    ...(await estateOf(node)),
    balance: 0,
    access: undefined,
    forest,
    people,
    company: toCompany({ ...company, customerId: id, legalName: 'C', organizations: [], attributes: {} }),
    users: { users: 1, version: 2 },
    requests: { open: 0, version: 9 },
    holdings: 5,
  };
  const decide = (of: Estate) => deleteCustomer(node, of, { now: now(), dryRun: false, lastUser });
  const { writes } = decide(estate);
  const keys = writes.map((one) => ('key' in one ? one.key : one.item)).map(({ PK, SK }) => `${PK} ${SK}`);
  expect(new Set(keys).size).toBe(keys.length);
  // With its receipt.
  expect(writes.length + 1).toBe(99);
  expect(() => decide({ ...estate, people: [...people, ...people.slice(0, 1)] })).toThrow('More than 24');
});
