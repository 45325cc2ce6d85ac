import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bringNames, onPartnerChanged } from '../../functions/customers/on-partner-changed.ts';
import { violations } from '../../infra/fsck/examine.ts';
import { toNode } from '../../lib/aws/auth.ts';
import { commit, get } from '../../lib/aws/db.ts';
import { everything } from '../../lib/aws/scan.ts';
import { settle } from '../../lib/aws/settle.ts';
import { type Handover, linkTo, unlink } from '../../lib/customers/link.ts';
import { linkFactsFor, unlinkEstateOf } from '../../lib/customers/link-store.ts';
import type { Envelope } from '../../lib/kit/event.ts';
import { platformId } from '../../lib/kit/id.ts';
import { nodeKey, userCountKey } from '../../lib/kit/keys.ts';
import type { Node } from '../../lib/kit/scope.ts';
import { upnKey } from '../../lib/kit/upn.ts';
import { plantImport, plantLink } from '../access/import-plant.ts';
import { reply } from '../access/import-scene.ts';
import { listen, measure } from '../kit/cost.ts';
import { announcedBy, deliver } from '../kit/deliver.ts';
import { faults, listenForFaults, meanwhile, under } from '../kit/faults.ts';
import { any, plantDirectly } from '../kit/forest.ts';
import { type Mailbox, openMailbox } from '../kit/mailbox.ts';
import { ownTable } from '../kit/own-table.ts';
import { type Answer, type Caller, call, enlist, ensureMspMode, type Msp, makeMsp } from '../kit/world.ts';
import { add, change, part, remove } from '../users/people.ts';

let msp: Msp;
let other: Msp;
let mailbox: Mailbox;
ownTable();
beforeAll(async () => {
  listenForFaults();
  listen();
  mailbox = await openMailbox();
  [msp, other] = await Promise.all([makeMsp(), makeMsp()]);
  await Promise.all([ensureMspMode(msp), ensureMspMode(other)]);
});
afterAll(() => mailbox.close());

interface Large {
  readonly id: string;
  readonly domain: string;
  readonly admin: Caller;
  readonly first: Answer;
  readonly users: readonly { readonly id: string; readonly upn: string }[];
  readonly path: readonly string[];
}

/** A customer with so many users, the first of whom has another e-mail address. */
async function large(users: number, as: Caller = msp.catalog): Promise<Large> {
  const { id, domains } = await plantDirectly(as);
  const at = { id, domain: String(domains[0].name), path: [] };
  const first = await add(at, as, { email: `${randomUUID()}@elsewhere.example` });
  const made = [{ id: String(first.body.id), upn: String(first.body.upn) }];
  while (made.length < users) {
    const upns = Array.from({ length: Math.min(32, users - made.length) }, () => `${part()}@${at.domain}`);
    const text = ['firstName,lastName,upn', ...upns.map((upn) => `Ann,Lee,${upn}`)].join('\n');
    const headers = { 'content-type': 'text/csv' };
    const { body } = await call(`POST /v1/customers/${id}/user-imports`, { as, text, headers });
    made.push(...upns.map((upn, index) => ({ id: String(body.results[index].userId), upn })));
  }
  const admin = await enlist(id, ['CUSTOMER_ADMINISTRATOR']);
  return { ...at, admin, first, users: made.toSorted((a, b) => (a.id < b.id ? -1 : 1)) };
}

const planned = async (id: string, as = msp.catalog): Promise<Answer> =>
  call(`POST /v1/customers/${id}/removal-plans`, { as, body: { licences: 'return-to-pool' } });
const execute = (plan: Answer, as = msp.catalog): Promise<Answer> =>
  call(`POST /v1/removal-plans/${plan.body.id}/execution`, { as, key: randomUUID() });
const removed = async (id: string, as = msp.catalog): Promise<void> =>
  expect(await execute(await planned(id, as), as)).toMatchObject({ status: 200 });
async function linkFrom(one: Large, by: Msp): Promise<string> {
  const { id } = await plantImport(by.catalog, one.admin.email);
  return plantLink(by.catalog, { id: one.id, name: '', admin: one.admin }, id);
}
async function imported(one: Large, by: Msp): Promise<Answer> {
  const token = await linkFrom(one, by);
  return call('POST /v1/customer-imports/confirmation', { as: one.admin, body: { token } });
}

const nodeOf = async (id: string) => toNode(await get(nodeKey(id), true)) as Node;
const now = () => new Date().toISOString();
async function settled(target: Node, { writes, announcements }: Handover): Promise<void> {
  const receipt = { action: 'customers.hand_over', subject: target.id };
  const actor = { id: 'test', kind: 'operator', home: platformId } as const;
  const by = { actor, target, now: now(), requestId: randomUUID() };
  await commit(settle({ writes, announcements, receipt, reply: {} }, by), randomUUID(), Date.now() + 5000);
}
/** Out of its partner, or into another, below the API. */
async function handOver(id: string): Promise<void> {
  const node = await nodeOf(id);
  if (node.path.length > 2) return settled(node, unlink(node, await unlinkEstateOf(node), { now: now() }));
  const parent = await nodeOf(other.id);
  const facts = await linkFactsFor(other.id, node, false);
  return settled(
    { ...node, path: [...parent.path, id] },
    linkTo(parent, node, facts, { now: now(), again: false }),
  );
}

const noteOf = async (id: string) => (await get(userCountKey(id), true))?.names;
const keptAt = async (root: string, upn: string) => (await get(upnKey(root, upn), true))?.userId;
const broken = async () =>
  (await violations(await everything()))
    .filter(({ invariant }) => invariant !== 'sums')
    .map((one) => `${one.invariant}: ${one.where}: ${one.what}`);
/** The last that was told of a change of hands. */
const changeOf = async (id: string): Promise<Envelope> =>
  (await announcedBy(id, msp.id, other.id))
    .filter(({ type, subject }) => subject === id && /customers\.(?:un)?linked\.v1/.test(type))
    .at(-1) as Envelope;
const bring = async (id: string, turns?: number) =>
  turns ? bringNames(await changeOf(id), turns) : onPartnerChanged.handle(await changeOf(id));

// First: after each crash all that there is is looked through.
describe('while its names are on their way', () => {
  it('a fault between any two calls loses and doubles nothing', async () => {
    const one = await large(45);
    await handOver(one.id);
    const event = await changeOf(one.id);
    await bring(one.id);
    for (const how of faults) {
      let met = true;
      for (let after = 0; met; after++) {
        await handOver(one.id);
        const { struck } = await under({ after, how }, () => onPartnerChanged.handle(event));
        met = struck !== undefined;
        if (how.startsWith('crash')) expect(await broken(), `${how} at ${after}`).toEqual([]);
        await onPartnerChanged.handle(event);
        expect(await noteOf(one.id)).toBeUndefined();
        const { path } = await nodeOf(one.id);
        for (const { upn, id } of [one.users.at(0), one.users.at(-1)] as Large['users'])
          expect(await keptAt(path[1] ?? '', upn)).toBe(id);
      }
    }
    expect(await broken()).toEqual([]);
  });
});

describe('a customer of two hundred users', () => {
  it('is removed and imported elsewhere; its names follow, and are free where it was', async () => {
    const one = await large(200);
    const { body } = await planned(one.id);
    expect(body).toMatchObject({ blockers: [], follows: { users: 200 } });
    await removed(one.id);
    expect(await noteOf(one.id)).toEqual({ from: msp.id, to: one.id, after: '' });
    expect(await broken()).toEqual([]);
    expect(await imported(one, other)).toMatchObject({
      status: 409,
      body: { code: 'customers.names_underway' },
    });
    const page = await reply(await linkFrom(one, other), { email: one.admin.email });
    expect(page).toMatchObject({ status: 409, html: expect.stringContaining('Try again in a minute') });
    await deliver(one.id, msp.id);
    expect(await noteOf(one.id)).toBeUndefined();
    for (const { upn, id } of one.users) {
      expect(await keptAt(one.id, upn)).toBe(id);
      expect(await keptAt(msp.id, upn)).toBeUndefined();
    }
    expect(await imported(one, other)).toMatchObject({ status: 200 });
    expect(await noteOf(one.id)).toEqual({ from: one.id, to: other.id, after: '' });
    expect((await planned(one.id, other.catalog)).body.blockers).toMatchObject([
      { code: 'customers.names_underway', count: 1 },
    ]);
    await deliver(one.id, other.id);
    for (const { upn, id } of one.users) expect(await keptAt(other.id, upn)).toBe(id);
    expect(await broken()).toEqual([]);
    // And once more the other way, an event's worth at a time.
    await removed(one.id, other.catalog);
    await bring(one.id, 2);
    expect(await noteOf(one.id)).toMatchObject({ from: other.id, to: one.id });
    const told = (await announcedBy(one.id)).filter(({ type }) => type === 'customers.names_follow.v1');
    expect(told.at(-1)?.data).toEqual({ from: other.id, to: one.id });
    expect(await broken()).toEqual([]);
    await deliver(one.id, other.id);
    expect(await noteOf(one.id)).toBeUndefined();
    expect(await broken()).toEqual([]);
  });
});

describe('while its names are on their way', () => {
  it('nobody is added, imported or renamed; all else goes on, from either end', async () => {
    const one = await large(90);
    const as = one.admin;
    await removed(one.id);
    await bring(one.id, 1);
    const body = { code: 'users.names_underway' };
    const refused = { status: 409, headers: { 'retry-after': '1' }, body };
    expect(await add(one, as)).toMatchObject(refused);
    const text = `firstName,lastName,upn\nAnn,Lee,${part()}@${one.domain}`;
    const headers = { 'content-type': 'text/csv' };
    expect(await call(`POST /v1/customers/${one.id}/user-imports`, { as, text, headers })).toMatchObject(
      refused,
    );
    const at = (place: number) => `/v1/customers/${one.id}/users/${one.users.at(place)?.id}`;
    const patch = (place: number, body: object) => call(`PATCH ${at(place)}`, { as, body, headers: any });
    for (const place of [0, -1]) {
      expect(await patch(place, { upn: `${part()}@${one.domain}` })).toMatchObject(refused);
      expect(await patch(place, { firstName: 'Bea', userName: part() })).toMatchObject({ status: 200 });
    }
    // One whose name has come over, and one whose name has not.
    for (const place of [3, -2])
      expect((await call(`DELETE ${at(place)}`, { as, headers: any })).status).toBe(204);
    expect(await broken()).toEqual([]);
    await deliver(one.id, msp.id);
    expect(await broken()).toEqual([]);
    expect(await add(one, as)).toMatchObject({ status: 201 });
    const renamed = await patch(0, { upn: `${part()}@${one.domain}` });
    expect(renamed).toMatchObject({ status: 200 });
    expect(await keptAt(one.id, renamed.body.upn)).toBe(renamed.body.id);
    expect(await broken()).toEqual([]);
  });

  it('what was decided right before is decided again: nothing is kept for it where it was', async () => {
    for (const act of [
      (one: Large) => add(one, msp.catalog),
      (one: Large) => change(one.first, msp.catalog, { upn: `${part()}@${one.domain}` }),
      (one: Large) => remove(one.first, msp.catalog),
    ]) {
      const one = await large(35);
      const plan = await planned(one.id);
      meanwhile('TransactWriteItems', async () => expect((await execute(plan)).status).toBe(200));
      expect(await act(one)).toMatchObject({ status: 404 });
      expect(await broken()).toEqual([]);
      await bring(one.id);
      expect(await broken()).toEqual([]);
    }
  });

  it('a step that somebody was before is taken again', async () => {
    const one = await large(90);
    const as = one.admin;
    await removed(one.id);
    const gone = one.users.at(5)?.id;
    meanwhile('TransactWriteItems', async () => {
      const path = `/v1/customers/${one.id}/users/${gone}`;
      expect((await call(`DELETE ${path}`, { as, headers: any })).status).toBe(204);
    });
    await bring(one.id, 1);
    meanwhile('TransactWriteItems', () => bring(one.id));
    await bring(one.id);
    expect(await noteOf(one.id)).toBeUndefined();
    expect(await broken()).toEqual([]);
  });
});

describe('the same name', () => {
  const domainOf = (name: string) => ({ domains: [{ name, primary: true }] });

  it('below another domain, or a domain below, is nobody else’s', async () => {
    const one = await large(31);
    const [name = ''] = one.first.body.upn.split('@');
    const below = await plantDirectly(other.catalog, domainOf(`sub.${one.domain}`));
    const at = { id: below.id, path: [], domain: `sub.${one.domain}` };
    const theirs = await add(at, other.catalog, { upn: `${name}@${at.domain}` });
    expect(theirs.status).toBe(201);
    await removed(one.id);
    await bring(one.id);
    expect(await imported(one, other)).toMatchObject({ status: 200 });
    await bring(one.id);
    expect(await keptAt(other.id, one.first.body.upn)).toBe(one.first.body.id);
    expect(await keptAt(other.id, theirs.body.upn)).toBe(theirs.body.id);
    expect(await broken()).toEqual([]);
  });

  it('is not taken over from who has the domain there', async () => {
    const one = await large(31);
    await removed(one.id);
    await bring(one.id);
    const holder = await plantDirectly(other.catalog, domainOf(one.domain));
    const theirs = await add({ id: holder.id, path: [], domain: one.domain }, other.catalog, {
      upn: one.first.body.upn,
    });
    expect(theirs.status).toBe(201);
    expect(await imported(one, other)).toMatchObject({ status: 409, body: { code: 'imports.cannot_link' } });
    expect(await keptAt(other.id, one.first.body.upn)).toBe(theirs.body.id);
    expect(await keptAt(one.id, one.first.body.upn)).toBe(one.first.body.id);
    expect(await broken()).toEqual([]);
  });

  it('is free at the former provider once it has followed, and whoever has it then keeps it', async () => {
    const one = await large(90);
    await removed(one.id);
    const next = await plantDirectly(msp.catalog, domainOf(one.domain));
    const at = { id: next.id, path: [], domain: one.domain };
    const upn = String(one.users[0]?.upn);
    expect(await add(at, msp.catalog, { upn })).toMatchObject({
      status: 409,
      body: { code: 'users.upn_taken' },
    });
    await bring(one.id, 1);
    const theirs = await add(at, msp.catalog, { upn });
    expect(theirs.status).toBe(201);
    await bring(one.id);
    expect(await keptAt(msp.id, upn)).toBe(theirs.body.id);
    expect(await keptAt(one.id, upn)).toBe(one.users[0]?.id);
    expect(await broken()).toEqual([]);
  });

  it('waits for what another customer has left there and has not followed yet', async () => {
    const [gone, one] = [await large(31, other.catalog), await large(31)];
    await removed(one.id);
    await bring(one.id);
    await removed(gone.id, other.catalog);
    // Both have the domain, each by itself; so both may have the name.
    const [left] = gone.users;
    const twin = `${left?.upn.split('@')[0]}@${gone.domain}`;
    const node = await nodeOf(one.id);
    const domains = [
      ...(node.item.domains as object[]),
      { name: gone.domain, primary: false, shared: false },
    ];
    const item = { ...node.item, domains, version: node.version + 1 } as never;
    await commit([{ do: 'replace', version: node.version, item }], randomUUID(), Date.now() + 5000);
    const own = await add({ ...one, domain: gone.domain }, one.admin, { upn: twin });
    expect(own.status).toBe(201);
    await handOver(one.id);
    await expect(bring(one.id)).rejects.toThrow('for another user');
    await bring(gone.id);
    await bring(one.id);
    expect(await keptAt(other.id, twin)).toBe(own.body.id);
    expect(await keptAt(gone.id, twin)).toBe(left?.id);
    expect((await broken()).filter((line) => !line.startsWith('receipts'))).toEqual([]);
  });
});

describe('fsck', () => {
  it('finds names that were left behind, are missing, or go astray, also on the way', async () => {
    const one = await large(90);
    await removed(one.id);
    await bring(one.id, 1);
    const items = await everything();
    const told = async (changed: typeof items) =>
      (await violations(changed)).map(({ invariant }) => invariant);
    const rows = (root: string) =>
      items.filter(
        (item) =>
          item.kind === 'unique' &&
          item.userId &&
          item.PK === `T#${root}#UNIQUE` &&
          item.customerId === one.id,
      );
    const [arrived, left] = [rows(one.id)[0], rows(msp.id)[0]];
    expect(rows(one.id).length + rows(msp.id).length).toBe(90);
    for (const row of [arrived, left]) {
      expect(await told(items.filter((item) => item !== row))).toContain('names');
      const root = row === left ? one.id : msp.id;
      expect(await told([...items, { ...row, PK: `T#${root}#UNIQUE` }])).toContain('names');
    }
    const count = items.find((item) => item.kind === 'userCount' && item.PK === `T#${one.id}`);
    const noted = (names: unknown) => items.map((item) => (item === count ? { ...item, names } : item));
    expect(await told(noted(undefined))).toEqual(expect.arrayContaining(['names', 'tenancy']));
    expect(await told(noted({ ...(count?.names as object), to: other.id }))).toContain('tenancy');
    await bring(one.id);
    expect(await broken()).toEqual([]);
  });
});

describe('what it costs', () => {
  it('the change itself the same for any number, the rest in proportion', async () => {
    const costs = [];
    for (const users of [70, 200]) {
      const one = await large(users);
      const plan = await planned(one.id);
      const change = await measure(() => execute(plan));
      expect(change.result.status).toBe(200);
      const event = await changeOf(one.id);
      const { cost } = await measure(() => onPartnerChanged.handle(event));
      expect(await noteOf(one.id)).toBeUndefined();
      costs.push({ users, change: change.cost, rest: cost });
    }
    const [few, many] = costs as [(typeof costs)[0], (typeof costs)[0]];
    expect(many.change.write).toBe(few.change.write);
    expect(Math.abs(many.change.read - few.change.read)).toBeLessThanOrEqual(1);
    for (const { users, rest } of costs) {
      // A row removed and one created, and of each forty the count; then an entry.
      expect(rest.unique).toBe(4 * users);
      expect(rest.write - rest.unique).toBeLessThanOrEqual(2 * Math.ceil(users / 20) + 6);
      expect(rest.read).toBeLessThanOrEqual(3 * users + 20);
    }
  });
});
