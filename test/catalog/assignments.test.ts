import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { commit, get } from '../../lib/aws/db.ts';
import { assignmentKey, settingsKey } from '../../lib/kit/keys.ts';
import { type Planted, plantNode, rootOf } from '../kit/tree.ts';
import { type Answer, type Caller, call, enlist, type Msp, makeMsp } from '../kit/world.ts';
import { assign, draft, having, publish, step, unassign } from './desk.ts';

let msp: Msp;
let reseller: Planted;
let seller: Caller;
let customer: Planted;
let direct: Planted;
beforeAll(async () => {
  msp = await makeMsp();
  reseller = await plantNode(rootOf(msp.id), { type: 'RESELLER' });
  seller = await enlist(reseller.id, ['RESELLER_FULL_ADMINISTRATOR']);
  customer = await plantNode(reseller);
  direct = await plantNode(rootOf(msp.id));
});

const codeOf = ({ status, body }: Answer) => [status, body.code];
const belowOf = async (node: Planted, item: Answer) =>
  (await get(assignmentKey(node.id, item.body.id), true))?.below;

describe('giving an item', () => {
  it('needs a published one, and the parent to have it', async () => {
    const item = await draft(msp.catalog);
    expect(codeOf(await assign(msp.catalog, direct.id, item))).toEqual([409, 'catalogue.not_available']);
    await step(msp.catalog, item, 'publish');
    const given = await assign(msp.catalog, direct.id, item);
    expect(given.status).toBe(201);
    expect(given.body).toMatchObject({ itemId: item.body.id, published: true, restricted: false, below: 0 });
    expect((await assign(msp.catalog, direct.id, item)).status).toBe(200);
    expect(codeOf(await assign(msp.catalog, customer.id, item))).toEqual([409, 'catalogue.not_available']);
    expect((await assign(msp.catalog, reseller.id, item)).status).toBe(201);
    expect((await assign(seller, customer.id, item)).status).toBe(201);
    expect(await belowOf(reseller, item)).toBe(1);
  });

  it('is counted by the reseller, who keeps it while a child has it', async () => {
    const item = await publish(msp.catalog);
    await assign(msp.catalog, reseller.id, item);
    await assign(seller, customer.id, item);
    const refused = await unassign(msp.catalog, reseller.id, item);
    expect([...codeOf(refused), refused.body.below]).toEqual([409, 'catalogue.held_below', 1]);
    expect((await unassign(seller, customer.id, item)).status).toBe(204);
    expect(await belowOf(reseller, item)).toBe(0);
    expect((await unassign(msp.catalog, reseller.id, item)).status).toBe(204);
    expect((await having(msp.reader, reseller.id, item)).status).toBe(404);
  });

  it('writes nothing in a dry run', async () => {
    const item = await publish(msp.catalog);
    expect((await assign(msp.catalog, direct.id, item, '?dryRun=true')).status).toBe(200);
    expect((await having(msp.reader, direct.id, item)).status).toBe(404);
    await assign(msp.catalog, direct.id, item);
    expect((await unassign(msp.catalog, direct.id, item, '?dryRun=true')).status).toBe(200);
    expect((await having(msp.reader, direct.id, item)).status).toBe(200);
  });

  it('opens it to everyone where the full view is on', async () => {
    const node = await plantNode(rootOf(msp.id));
    const settings = {
      ...settingsKey(node.id, 'CATALOG'),
      kind: 'catalogSettings',
      fullView: 1,
      nextNumber: 1,
      marketplaces: 0,
      generation: 0,
      settled: 0,
      version: 1,
    };
    await commit([{ do: 'create', item: settings }], randomUUID(), Date.now() + 5000);
    const item = await publish(msp.catalog);
    expect((await assign(msp.catalog, node.id, item)).body.fullView).toBe(true);
  });

  it('outlives the publication, which closes it for ordering', async () => {
    const item = await publish(msp.catalog);
    await assign(msp.catalog, reseller.id, item);
    await assign(seller, customer.id, item);
    await step(msp.catalog, item, 'unpublish');
    expect((await having(seller, customer.id, item)).body.published).toBe(false);
    const sibling = await plantNode(reseller);
    expect(codeOf(await assign(seller, sibling.id, item))).toEqual([409, 'catalogue.not_available']);
    expect((await unassign(seller, customer.id, item)).status).toBe(204);
  });

  it('takes the newest word for it: a stale one is told', async () => {
    const item = await publish(msp.catalog);
    await assign(msp.catalog, reseller.id, item);
    const { headers } = await having(seller, reseller.id, item);
    await assign(seller, customer.id, item);
    const late = await call(`DELETE /v1/customers/${reseller.id}/catalogue/items/${item.body.id}`, {
      as: msp.catalog,
      headers: { 'if-match': headers.etag ?? '' },
    });
    expect(late.status).toBe(412);
  });
});

describe('what a customer has', () => {
  it('is listed by name and searched', async () => {
    const node = await plantNode(rootOf(msp.id));
    for (const name of ['Beta', 'Alpha one', 'Alpha two']) {
      await assign(msp.catalog, node.id, await publish(msp.catalog, { name }));
    }
    const names = async (query: string) => {
      const { body } = await call(`GET /v1/customers/${node.id}/catalogue/items${query}`, { as: msp.reader });
      return body.items.map((one: { name: string }) => one.name);
    };
    expect(await names('')).toEqual(['Alpha one', 'Alpha two', 'Beta']);
    expect(await names('?q=alpha')).toEqual(['Alpha one', 'Alpha two']);
    expect(await names('?limit=1')).toEqual(['Alpha one']);
  });

  it('is nobody else’s affair', async () => {
    const item = await publish(msp.catalog);
    await assign(msp.catalog, direct.id, item);
    const stranger = (await makeMsp()).catalog;
    expect((await having(stranger, direct.id, item)).status).toBe(404);
    expect((await having(seller, direct.id, item)).status).toBe(404);
    expect((await assign(stranger, direct.id, item)).status).toBe(404);
    expect((await assign(seller, reseller.id, item)).status).toBe(403);
    const foreign = await publish(stranger);
    expect((await assign(msp.catalog, direct.id, foreign)).status).toBe(404);
    expect((await unassign(msp.catalog, direct.id, foreign)).status).toBe(404);
  });
});

describe('giving below and taking above at once', () => {
  it('never leaves a child with what its reseller has not', async () => {
    for (let round = 0; round < 8; round++) {
      const item = await publish(msp.catalog);
      await assign(msp.catalog, reseller.id, item);
      const children = await Promise.all([0, 1, 2].map(() => plantNode(reseller)));
      const answers = await Promise.all([
        ...children.map((child) => assign(seller, child.id, item)),
        unassign(msp.catalog, reseller.id, item),
      ]);
      for (const { status } of answers) expect([201, 204, 409]).toContain(status);
      const had = await Promise.all(
        children.map((child) => get(assignmentKey(child.id, item.body.id), true)),
      );
      const holding = had.filter(Boolean).length;
      const above = await get(assignmentKey(reseller.id, item.body.id), true);
      expect(above?.below ?? 0).toBe(holding);
      if (!above) expect(holding).toBe(0);
    }
  });
});
