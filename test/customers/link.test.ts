import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { violations } from '../../infra/fsck/examine.ts';
import { toNode } from '../../lib/aws/auth.ts';
import { commit, get } from '../../lib/aws/db.ts';
import { everything } from '../../lib/aws/scan.ts';
import { settle } from '../../lib/aws/settle.ts';
import { codeKey } from '../../lib/customers/code.ts';
import { domainKey } from '../../lib/customers/domain.ts';
import { type Handover, linkTo, mostLinkWrites, unlink } from '../../lib/customers/link.ts';
import { linkFactsFor, unlinkEstateOf } from '../../lib/customers/link-store.ts';
import { nameKey } from '../../lib/customers/profile.ts';
import { platformId } from '../../lib/kit/id.ts';
import { forestKey, meterKey, nodeKey } from '../../lib/kit/keys.ts';
import { isUnlinked, type Node } from '../../lib/kit/scope.ts';
import { upnKey } from '../../lib/kit/upn.ts';
import { deliver } from '../kit/deliver.ts';
import { any, plantDirectly, plantReseller } from '../kit/forest.ts';
import { type Mailbox, openMailbox } from '../kit/mailbox.ts';
import { ownTable } from '../kit/own-table.ts';
import { addCustomer, type Caller, call, enlist, ensureMspMode, type Msp, makeMsp } from '../kit/world.ts';
import { add } from '../users/people.ts';
import { arrive, mover } from './moving.ts';

let msp: Msp;
let other: Msp;
let mailbox: Mailbox;
ownTable();
beforeAll(async () => {
  mailbox = await openMailbox();
  [msp, other] = await Promise.all([makeMsp(), makeMsp()]);
  await Promise.all([ensureMspMode(msp), ensureMspMode(other)]);
});
afterAll(() => mailbox.close());

const now = () => new Date().toISOString();
const nodeOf = async (id: string) => toNode(await get(nodeKey(id), true)) as Node;
/** Sums follow by events: only those are looked at whose events were delivered. */
const followed = new Set<string>();
const broken = async () =>
  (await violations(await everything()))
    .filter(({ invariant, where }) => invariant !== 'sums' || followed.has(where))
    .map((one) => `${one.invariant}: ${one.where}: ${one.what}`);
async function follow(...ids: string[]): Promise<void> {
  for (const id of ids) followed.add(id);
  await deliver(...ids);
}

/** Writes a change of partner with its receipt, as a request would. */
async function settleAt(target: Node, { writes, announcements }: Handover, action: string): Promise<void> {
  const plan = { writes, announcements, receipt: { action, subject: target.id }, reply: {} };
  const actor = { id: 'test', kind: 'operator', home: platformId } as const;
  await commit(
    settle(plan, { actor, target, now: now(), requestId: randomUUID() }),
    randomUUID(),
    Date.now() + 5000,
  );
}

async function leave(id: string): Promise<void> {
  const node = await nodeOf(id);
  await settleAt(node, unlink(node, await unlinkEstateOf(node), { now: now() }), 'customers.unlink');
}

async function joinTo(parentId: string, id: string): Promise<void> {
  const [parent, node] = [await nodeOf(parentId), await nodeOf(id)];
  const facts = await linkFactsFor(parent.path[1] ?? '', node, false);
  await settleAt(
    { ...node, path: [...parent.path, id] },
    linkTo(parent, node, facts, { now: now(), again: false }),
    'customers.link',
  );
}

const refusal = async (id: string): Promise<string> => {
  const node = await nodeOf(id);
  const estate = await unlinkEstateOf(node);
  try {
    unlink(node, estate, { now: now() });
  } catch (error) {
    return (error as { type: { code: string } }).type.code;
  }
  return 'goes';
};

/** A customer with all that it can have of a provider, and one of its own users who administers it. */
async function settled(as: Caller, more: Record<string, unknown> = {}) {
  const made = await plantDirectly(as, { billingId: randomUUID(), ...more });
  const at = { id: made.id, path: [], domain: made.domains[0].name };
  const user = await add(at, as, { email: `${randomUUID()}@elsewhere.example` });
  expect(user.status).toBe(201);
  return { ...made, user };
}

describe('a customer leaves its partner', () => {
  it('and keeps no name, code, domain or place there; its people go on', async () => {
    const one = await settled(msp.catalog);
    const admin = await enlist(one.id, ['CUSTOMER_ADMINISTRATOR']);
    await leave(one.id);
    await follow(one.id);
    const node = await nodeOf(one.id);
    expect(isUnlinked(node)).toBe(true);
    expect(await broken()).toEqual([]);
    const me = await call('GET /v1/me', { as: admin });
    expect(me).toMatchObject({ status: 200, body: { node: { path: [platformId, one.id] } } });
    expect((await call(`GET /v1/customers/${one.id}`, { as: msp.catalog })).status).toBe(404);
    // What it left is free again.
    const again = await plantDirectly(msp.catalog, {
      name: one.name,
      code: one.code,
      billingId: one.billingId,
      domains: [{ name: one.domains[0].name, primary: true }],
    });
    expect(again.code).toBe(one.code);
    expect(await get(upnKey(one.id, one.user.body.upn), true)).toBeDefined();
  });

  it('that it came to by a move, and stands nowhere of its tree any more', async () => {
    const [above, beside] = [await plantReseller(msp), await plantReseller(msp)];
    const one = await settled(above.admin, { parentId: above.id });
    expect((await mover(msp)(one.id, beside.id)).status).toBe(202);
    expect(await refusal(one.id)).toBe('customers.move_underway');
    await arrive(one.id);
    await leave(one.id);
    await follow(one.id, above.id, beside.id);
    for (const as of [msp.catalog, above.admin, beside.admin])
      expect((await call(`GET /v1/customers/${one.id}`, { as })).status).toBe(404);
    expect((await get(forestKey(msp.id), true))?.arrived).toBeUndefined();
    expect(await broken()).toEqual([]);
    await joinTo(msp.id, one.id);
    await follow(one.id);
    expect((await nodeOf(one.id)).path).toEqual([platformId, msp.id, one.id]);
    expect((await call(`GET /v1/customers/${one.id}`, { as: msp.catalog })).status).toBe(200);
    expect((await call(`GET /v1/customers/${one.id}`, { as: beside.admin })).status).toBe(404);
    expect(await broken()).toEqual([]);
  });

  it('made from a company, which may become another customer', async () => {
    const { id, admin } = await addCustomer(msp);
    const companyId = (await nodeOf(id)).item.companyId;
    await leave(id);
    await follow(id);
    expect((await nodeOf(id)).item.companyId).toBeNull();
    const company = await call(`GET /v1/companies/${companyId}`, { as: msp.catalog });
    expect(company.body.customerId ?? null).toBeNull();
    expect((await call('GET /v1/me', { as: admin })).status).toBe(200);
    expect(await broken()).toEqual([]);
  });

  it('not while something holds it there', async () => {
    const reseller = await plantReseller(msp);
    expect(await refusal(reseller.id)).toBe('customers.still_reseller');
    const child = await plantDirectly(reseller.admin);
    expect(await refusal(reseller.id)).toBe('customers.has_children');
    await call(`POST /v1/customers/${child.id}/disable`, { as: msp.catalog });
    expect(await refusal(child.id)).toBe('customers.disabled');
    const busy = await plantDirectly(msp.catalog);
    await call(`POST /v1/customers/${busy.id}/provision`, { as: msp.catalog });
    expect(await refusal(busy.id)).toBe('customers.provisioning_busy');
    await deliver(busy.id);
    expect(await refusal(busy.id)).toBe('customers.still_provisioned');
    const sharing = await plantDirectly(msp.catalog, {
      parentId: (await plantReseller(msp, msp.id, { domains: [{ name: 'shared.example', primary: true }] }))
        .id,
      domains: [{ name: 'shared.example', primary: true }],
      shareDomains: true,
    });
    expect(await refusal(sharing.id)).toBe('customers.domains_lost');
    const roles = ['USER_ADMINISTRATOR'];
    const made = await call('POST /v1/role-collections', {
      as: msp.catalog,
      body: { name: randomUUID(), roles },
    });
    const held = await settled(msp.catalog);
    const at = { id: held.id, path: [], domain: held.domains[0].name };
    await add(at, msp.catalog, { role: { collectionId: made.body.id } });
    expect(await refusal(held.id)).toBe('customers.collections_held');
  });

  it('in one transaction, or not at all', async () => {
    const domains = Array.from({ length: 20 }, (_, n) => ({
      name: `${randomUUID()}.example.com`,
      primary: n === 0,
    }));
    const one = await plantDirectly(msp.catalog, { domains, billingId: randomUUID() });
    const node = await nodeOf(one.id);
    const estate = await unlinkEstateOf(node);
    const upns = Array.from({ length: 30 }, (_, n) => ({ upn: `u${n}@x.example`, userId: `usr_${n}` }));
    const { writes } = unlink(node, { ...estate, upns }, { now: now() });
    expect(writes.length).toBeLessThanOrEqual(mostLinkWrites);
    const meter = {
      PK: 'x',
      SK: 'y',
      type: 'DEVICE',
      used: 1,
      limit: 2,
      overSince: null,
      epoch: 0,
      version: 1,
    };
    const meters = (length: number) => Array.from({ length }, () => meter);
    const goes = (more: object) => unlink(node, { ...estate, upns, ...more }, { now: now() }).writes;
    // Of more users, or beside more licences, their names follow: that is noted, however many they are.
    const more = { upns: [...upns, { upn: 'more@x.example', userId: 'usr_more' }] };
    for (const change of [more, { meters: meters(8) }]) {
      const keys = goes(change).flatMap((write) =>
        write.do === 'create' ? [write.item.SK] : write.do === 'remove' ? [write.key.SK] : [],
      );
      expect(keys.filter((key) => key.startsWith('UPN#'))).toEqual([]);
      const counts = goes(change).flatMap((write) => (write.do === 'create' ? [write.item.names] : []));
      expect(counts).toContainEqual({ from: msp.id, to: one.id, after: '' });
    }
    expect(() => goes({ meters: meters(40) })).toThrow('more names, users and licences');
  });
});

describe('a customer that no partner looks after', () => {
  it('is linked to a provider or reseller with all its names, or refused by the one that is taken', async () => {
    const one = await settled(msp.catalog);
    await expect(joinTo(other.id, one.id)).rejects.toThrow('belongs to a partner already');
    await leave(one.id);
    await follow(one.id);
    const taken = await plantDirectly(other.catalog, {
      domains: [{ name: one.domains[0].name, primary: true }],
    });
    await expect(joinTo(other.id, one.id)).rejects.toMatchObject({
      type: { code: 'customers.domain_taken' },
    });
    await call(`DELETE /v1/customers/${taken.id}`, { as: other.catalog, headers: any });
    const named = await plantDirectly(other.catalog, { name: one.name });
    await expect(joinTo(other.id, one.id)).rejects.toMatchObject({ type: { code: 'customers.name_taken' } });
    await call(`DELETE /v1/customers/${named.id}`, { as: other.catalog, headers: any });
    // Its code is somebody's already: it gets another.
    const coded = await plantDirectly(other.catalog, { code: one.code });
    expect(coded.code).toBe(one.code);
    const reseller = await plantReseller(other);
    await expect(joinTo(one.id, one.id)).rejects.toThrow();
    await joinTo(reseller.id, one.id);
    await follow(one.id, reseller.id);
    const node = await nodeOf(one.id);
    expect(node.path).toEqual([platformId, other.id, reseller.id, one.id]);
    expect(node.item.code).not.toBe(one.code);
    expect(await get(upnKey(other.id, one.user.body.upn), true)).toBeDefined();
    expect((await call(`GET /v1/customers/${one.id}`, { as: reseller.admin })).status).toBe(200);
    expect((await call(`GET /v1/customers/${one.id}`, { as: msp.catalog })).status).toBe(404);
    expect(await broken()).toEqual([]);
    await leave(one.id);
    await follow(one.id, reseller.id);
    expect(await broken()).toEqual([]);
  });
});

describe('fsck', () => {
  it('finds what a provider still keeps for a customer that has left it', async () => {
    const one = await settled(msp.catalog);
    await leave(one.id);
    await follow(one.id);
    const kept = (await everything()).filter((item) => item.PK !== undefined);
    const row = { kind: 'unique', customerId: one.id };
    const domain = { ...domainKey(msp.id, one.domains[0].name), ...row, sharers: 0, version: 1 };
    const strays = [
      domain,
      { ...nameKey(msp.id, one.name), ...row },
      { ...codeKey(msp.id, one.code), ...row },
      { ...meterKey(one.id, 'DEVICE'), kind: 'meter', type: 'DEVICE', used: 0, waiting: 0, limit: 5 },
    ];
    for (const stray of strays) {
      const found = await violations([...kept, stray]);
      const invariants = found.filter(({ invariant }) => invariant !== 'sums').map((each) => each.invariant);
      expect(invariants).toContain(stray.kind === 'meter' ? 'pools' : 'tenancy');
    }
    const more = kept.map((item) =>
      item.kind === 'mspMode' && item.PK === `T#${msp.id}`
        ? { ...item, customers: Number(item.customers) + 1 }
        : item,
    );
    expect((await violations(more)).map(({ invariant }) => invariant)).toContain('counts');
  });
});
