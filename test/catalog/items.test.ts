import { beforeAll, describe, expect, it } from 'vitest';
import { addCustomer, type Caller, call, enlist, type Msp, makeMsp } from '../kit/world.ts';
import { bundle, draft, edit, items, of, publish, read, service, step } from './desk.ts';

let msp: Msp;
let supplier: Caller;
let approver: Caller;
beforeAll(async () => {
  msp = await makeMsp();
  supplier = await enlist(msp.id, ['INTERNAL_SUPPLIER']);
  approver = await enlist(msp.id, ['INTERNAL_SUPPLIER_ADMINISTRATOR']);
});

const codeOf = ({ status, body }: { status: number; body: { code?: string } }) => [status, body.code];

describe('the states of an item', () => {
  it('go from draft over pending to published and back to approved', async () => {
    const made = await draft(supplier);
    expect(made.status).toBe(201);
    expect(made.body).toMatchObject({
      state: 'DRAFT',
      revision: 1,
      published: null,
      costs: { unit: 'FREE', label: 'Free' },
    });
    expect((await step(supplier, made, 'submit')).body.state).toBe('PENDING');
    expect(codeOf(await edit(supplier, made, { summary: 'No' }))).toEqual([409, 'catalogue.wrong_state']);
    expect((await step(supplier, made, 'publish')).status).toBe(403);
    expect((await step(approver, made, 'publish')).body).toMatchObject({ state: 'PUBLISHED', published: 1 });
    expect(codeOf(await step(approver, made, 'publish'))).toEqual([409, 'catalogue.wrong_state']);
    expect((await step(approver, made, 'unpublish')).body).toMatchObject({
      state: 'APPROVED',
      published: null,
    });
    expect(codeOf(await step(approver, made, 'unpublish'))).toEqual([409, 'catalogue.not_published']);
    expect((await step(msp.catalog, made, 'publish')).body).toMatchObject({
      state: 'PUBLISHED',
      published: 1,
    });
  });

  it('go back to the author with a reason, and on from there', async () => {
    const made = await draft(supplier);
    expect(codeOf(await step(approver, made, 'reject'))).toEqual([409, 'catalogue.wrong_state']);
    await step(supplier, made, 'submit');
    expect((await step(approver, made, 'reject')).body).toMatchObject({
      state: 'REJECTED',
      reason: 'Too dear',
    });
    expect(codeOf(await step(approver, made, 'publish'))).toEqual([409, 'catalogue.wrong_state']);
    expect(codeOf(await step(supplier, made, 'submit'))).toEqual([409, 'catalogue.wrong_state']);
    const mended = await edit(supplier, made, { summary: 'Cheaper now' });
    expect(mended.body).toMatchObject({ state: 'DRAFT', revision: 1, reason: null });
    expect((await step(supplier, made, 'submit')).body.state).toBe('PENDING');
  });

  it('keep one revision published while the next is written', async () => {
    const made = await draft(supplier, { name: 'First name' });
    await step(msp.catalog, made, 'publish');
    const fresh = await edit(supplier, made, { name: 'Second name' });
    expect(fresh.body).toMatchObject({ state: 'DRAFT', revision: 2, published: 1, name: 'Second name' });
    expect((await edit(supplier, made, { name: 'Third name' })).body.revision).toBe(2);
    const list = await call(`GET ${of(made)}/revisions`, { as: msp.reader });
    expect(list.body.items).toMatchObject([
      { revision: 2, state: 'DRAFT', name: 'Third name' },
      { revision: 1, state: 'PUBLISHED', name: 'First name' },
    ]);
    await step(msp.catalog, made, 'publish');
    const after = await call(`GET ${of(made)}/revisions`, { as: msp.reader });
    expect(after.body.items.map((one: { state: string }) => one.state)).toEqual(['PUBLISHED', 'APPROVED']);
  });

  it('stay a draft when the published revision below is taken from sale', async () => {
    const made = await draft(supplier);
    await step(msp.catalog, made, 'publish');
    await edit(supplier, made, { summary: 'Next' });
    expect((await step(msp.catalog, made, 'unpublish')).body).toMatchObject({
      state: 'DRAFT',
      published: null,
      revision: 2,
    });
  });

  it('are left by whoever comes second', async () => {
    const made = await draft(supplier);
    const tag = { 'if-match': made.headers.etag ?? '' };
    await edit(supplier, made, { summary: 'Other' });
    const late = await call(`PATCH ${of(made)}`, { as: supplier, headers: tag, body: { summary: 'Late' } });
    expect(late.status).toBe(412);
    const found = await read(msp.reader, made);
    expect(found.body.summary).toBe('Other');
    const removal = await call(`DELETE ${of(made)}`, { as: supplier, headers: tag });
    expect(removal.status).toBe(412);
  });

  it('end with removal only before the first publication', async () => {
    const made = await draft(supplier);
    const gone = await call(`DELETE ${of(made)}`, { as: supplier, headers: { 'if-match': '*' } });
    expect(gone.status).toBe(204);
    expect((await read(msp.reader, made)).status).toBe(404);
    const sold = await publish(msp.catalog);
    await step(msp.catalog, sold, 'unpublish');
    const kept = await call(`DELETE ${of(sold)}`, { as: msp.catalog, headers: { 'if-match': '*' } });
    expect(codeOf(kept)).toEqual([409, 'catalogue.was_published']);
  });
});

describe('details', () => {
  it('that are mandatory are named when they are missing', async () => {
    const made = await call(`POST ${items}`, { as: supplier, body: { name: 'Bare' } });
    for (const verb of ['submit', 'publish'] as const) {
      const refused = await step(msp.catalog, made, verb);
      expect(codeOf(refused)).toEqual([422, 'catalogue.incomplete']);
      expect(refused.body.errors.map((one: { pointer: string }) => one.pointer)).toEqual([
        '#/summary',
        '#/description',
        '#/category',
      ]);
    }
  });

  it('belong to their type', async () => {
    const banner = { type: 'BANNER', name: 'Hello', summary: 'News', link: 'https://example.com/news' };
    const made = await call(`POST ${items}`, { as: supplier, body: banner });
    expect((await step(msp.catalog, made, 'publish')).body).toMatchObject({
      type: 'BANNER',
      link: banner.link,
    });
    const wrong = await edit(supplier, made, { price: { base: 5 } });
    expect([...codeOf(wrong), wrong.body.errors[0].pointer]).toEqual([
      422,
      'catalogue.not_for_type',
      '#/price',
    ]);
    const plain = await call(`POST ${items}`, {
      as: supplier,
      body: { ...banner, link: 'http://example.com' },
    });
    expect([plain.status, plain.body.errors[0].pointer]).toEqual([400, '#/link']);
    const parts = await draft(supplier, { parts: [] });
    expect([...codeOf(parts), parts.body.errors[0].pointer]).toEqual([
      422,
      'catalogue.not_for_type',
      '#/parts',
    ]);
  });

  it('of a form are held to what they ask', async () => {
    const asking = (field: Record<string, unknown>) =>
      draft(supplier, { fields: [{ key: 'size', label: 'Size', ...field }] });
    expect((await asking({ type: 'CHOICE', choices: ['S', 'L'], required: true })).status).toBe(201);
    expect((await asking({ type: 'NUMBER', max: 10 })).status).toBe(201);
    for (const field of [
      { type: 'CHOICE' },
      { type: 'TEXT', choices: ['a'] },
      { type: 'CHOICE', choices: ['a', 'a'] },
      { type: 'DATE', max: 3 },
      { type: 'TEXT', max: 5000 },
      { type: 'COLOUR' },
      { type: 'TEXT', key: 'Not a key' },
    ]) {
      const refused = await asking(field);
      expect([refused.status, JSON.stringify(field)]).toEqual([400, JSON.stringify(field)]);
      expect(refused.body.errors[0].pointer).toMatch(/^#\/fields\/0\//);
    }
    const field = { key: 'a', label: 'A', type: 'TEXT' };
    expect((await draft(supplier, { fields: [field, field] })).body.errors[0].pointer).toBe('#/fields');
  });

  it('of quantity and price stay in their bounds', async () => {
    expect((await draft(supplier, { quantity: { min: 3, max: 2 } })).body.errors[0].pointer).toBe(
      '#/quantity',
    );
    expect((await draft(supplier, { quantity: { min: 0, max: 2 } })).status).toBe(400);
    const below = { base: 5, adjustments: [{ name: 'Rebate', amount: -6 }] };
    expect((await draft(supplier, { price: below })).body.errors[0].pointer).toBe('#/price/base');
    expect((await draft(supplier, { price: { base: 1.5 } })).status).toBe(400);
    expect((await draft(supplier, { price: { base: -1 } })).status).toBe(400);
    const priced = await draft(supplier, {
      price: {
        base: 100,
        adjustments: [
          { name: 'Handling', amount: 20 },
          { name: 'Rebate', amount: -30 },
        ],
      },
    });
    expect(priced.body.costs).toEqual({ unit: 'CURRENCY', amount: 90, currency: 'USD' });
  });

  it('say what is shown of a free item', async () => {
    expect((await draft(supplier, { freeLabel: null })).body.costs).toEqual({ unit: 'FREE', label: null });
    expect((await draft(supplier, { freeLabel: 'On us' })).body.costs).toEqual({
      unit: 'FREE',
      label: 'On us',
    });
  });
});

describe('bundles', () => {
  it('sum up their parts and follow them', async () => {
    const [mail, disk] = [
      await publish(msp.catalog, { price: { base: 10 } }),
      await publish(msp.catalog, { price: { base: 3 } }),
    ];
    const made = await bundle(supplier, [
      { itemId: mail.body.id, min: 1, max: 1 },
      { itemId: disk.body.id, min: 2, max: 5 },
    ]);
    expect(made.body.costs).toBeNull();
    const shown = await step(msp.catalog, made, 'publish');
    expect(shown.body.costs).toMatchObject({ amount: 16 });
    await edit(msp.catalog, disk, { price: { base: 4 } });
    expect((await read(msp.reader, made)).body.costs).toMatchObject({ amount: 16 });
    await step(msp.catalog, disk, 'publish');
    expect((await read(msp.reader, made)).body.costs).toMatchObject({ amount: 18 });
    expect((await read(msp.reader, disk)).body.bundles).toEqual([made.body.id]);
  });

  it('of free parts are free, and say so', async () => {
    const part = await publish(msp.catalog, { freeLabel: 'Gift' });
    const made = await bundle(supplier, [{ itemId: part.body.id, min: 1, max: 1 }]);
    expect((await step(msp.catalog, made, 'publish')).body.costs).toEqual({ unit: 'FREE', label: 'Free' });
    expect((await edit(supplier, made, { freeLabel: 'Nothing' })).status).toBe(422);
  });

  it('hold services that are published, and keep them so', async () => {
    const part = await draft(supplier);
    const wanted = [{ itemId: part.body.id, min: 1, max: 1 }];
    const made = await bundle(supplier, wanted);
    expect(codeOf(await step(msp.catalog, made, 'publish'))).toEqual([409, 'catalogue.part_not_published']);
    await step(msp.catalog, part, 'publish');
    await step(msp.catalog, made, 'publish');
    const refused = await step(msp.catalog, part, 'unpublish');
    expect([...codeOf(refused), refused.body.bundles]).toEqual([
      409,
      'catalogue.part_of_bundle',
      [made.body.id],
    ]);
    expect(refused.body.detail).toContain(made.body.name);
    const other = await publish(msp.catalog);
    await edit(supplier, made, { parts: [{ itemId: other.body.id, min: 1, max: 2 }] });
    expect(codeOf(await step(msp.catalog, part, 'unpublish'))).toEqual([409, 'catalogue.part_of_bundle']);
    await step(msp.catalog, made, 'publish');
    expect((await step(msp.catalog, part, 'unpublish')).status).toBe(200);
    await step(msp.catalog, made, 'unpublish');
    expect((await step(msp.catalog, other, 'unpublish')).status).toBe(200);
  });

  it('hold services of this catalogue and nothing else', async () => {
    const strange = await publish((await makeMsp()).catalog);
    const nested = await bundle(supplier, []);
    for (const one of [strange, nested]) {
      const parts = [{ itemId: one.body.id, min: 1, max: 1 }];
      const refused = await bundle(supplier, parts);
      expect([...codeOf(refused), refused.body.errors[0].pointer]).toEqual([
        422,
        'catalogue.part_unknown',
        '#/parts/0/itemId',
      ]);
      expect(codeOf(await edit(supplier, nested, { parts }))).toEqual([422, 'catalogue.part_unknown']);
    }
    expect(codeOf(await step(msp.catalog, nested, 'publish'))).toEqual([422, 'catalogue.incomplete']);
  });

  it('and their parts are published and taken from sale at once, and stay true', async () => {
    for (let round = 0; round < 8; round++) {
      const part = await publish(msp.catalog, { price: { base: 1 } });
      await edit(msp.catalog, part, { price: { base: 2 } });
      const wanted = [{ itemId: part.body.id, min: 1, max: 1 }];
      const made = [await bundle(supplier, wanted), await bundle(supplier, wanted)];
      await Promise.all([
        ...made.map((one) => step(msp.catalog, one, 'publish')),
        step(msp.catalog, part, round % 2 === 0 ? 'unpublish' : 'publish'),
      ]);
      const found = await read(msp.reader, part);
      const standing = await Promise.all(made.map((one) => read(msp.reader, one)));
      const holding = standing.filter(({ body }) => body.published !== null);
      expect([...found.body.bundles].sort()).toEqual(holding.map(({ body }) => body.id).sort());
      if (holding.length > 0) expect(found.body.published).not.toBeNull();
      for (const { body } of holding) expect(body.costs.amount).toBe(found.body.published);
    }
  });

  it('are forty at most around one service', async () => {
    const part = await publish(msp.catalog);
    const wanted = [{ itemId: part.body.id, min: 1, max: 1 }];
    for (let count = 0; count < 40; count++) {
      await step(msp.catalog, await bundle(supplier, wanted), 'publish');
    }
    const last = await step(msp.catalog, await bundle(supplier, wanted), 'publish');
    expect(codeOf(last)).toEqual([409, 'catalogue.too_many_bundles']);
    await edit(msp.catalog, part, { price: { base: 7 } });
    expect((await step(msp.catalog, part, 'publish')).status).toBe(200);
  });
});

describe('search', () => {
  it('finds by name, category, state and kind, and by several of them', async () => {
    const own = await makeMsp();
    const as = own.catalog;
    const one = await publish(as, { name: 'Alpha mail', category: 'Mail' });
    const two = await draft(as, { name: 'Alpha disk', category: 'Storage' });
    await step(as, two, 'submit');
    const three = await publish(as, { name: 'Beta mail', category: 'mail' });
    await edit(as, three, { name: 'Gamma mail' });
    const four = await bundle(as, [], { name: 'Alpha bundle', category: 'Mail' });
    const five = await call(`POST ${items}`, { as, body: { type: 'BANNER', name: 'Alpha banner' } });
    const found = async (query: string) => {
      const out: string[] = [];
      let cursor = '';
      do {
        const { status, body } = await call(`GET ${items}?${query}&limit=1${cursor}`, { as: own.reader });
        expect(status).toBe(200);
        out.push(...body.items.map((item: { id: string }) => item.id));
        cursor = body.nextCursor ? `&cursor=${encodeURIComponent(body.nextCursor)}` : '';
      } while (cursor);
      return out.sort();
    };
    const ids = (...all: { body: { id: string } }[]) => all.map(({ body }) => body.id).sort();
    expect(await found('')).toEqual(ids(one, two, three, four, five));
    expect(await found('q=ALPHA')).toEqual(ids(one, two, four, five));
    expect(await found('q=alpha&kind=BUNDLE')).toEqual(ids(four));
    expect(await found('category=MAIL')).toEqual(ids(one, three, four));
    expect(await found('category=Mail&state=PUBLISHED')).toEqual(ids(one, three));
    expect(await found('category=Mail&q=alpha&kind=SERVICE')).toEqual(ids(one));
    expect(await found('state=DRAFT')).toEqual(ids(three, four, five));
    expect(await found('state=DRAFT&kind=BANNER')).toEqual(ids(five));
    expect(await found('state=DRAFT&q=gamma')).toEqual(ids(three));
    expect(await found('state=PENDING')).toEqual(ids(two));
    expect(await found('state=PUBLISHED')).toEqual(ids(one, three));
    expect(await found('state=PUBLISHED&kind=BUNDLE')).toEqual([]);
    expect(await found('kind=SERVICE')).toEqual(ids(one, two, three));
    expect(await found('kind=BANNER')).toEqual(ids(five));
  });

  it('finds what is published by its published name and category, whatever a draft says', async () => {
    const own = await makeMsp();
    const as = own.catalog;
    const one = await publish(as, { name: 'Alpha mail', category: 'Mail' });
    expect((await edit(as, one, { name: 'Omega mail', category: 'Post' })).status).toBe(200);
    const found = async (query: string) => {
      const { body } = await call(`GET ${items}?state=PUBLISHED&${query}`, { as: own.reader });
      return body.items.map((item: { name: string; category: string }) => [item.name, item.category]);
    };
    for (const query of ['q=alpha', 'category=mail', 'q=alpha&category=Mail&kind=SERVICE'])
      expect(await found(query)).toEqual([['Alpha mail', 'Mail']]);
    for (const query of ['q=omega', 'category=Post']) expect(await found(query)).toEqual([]);
    const drafts = await call(`GET ${items}?q=omega&category=Post`, { as: own.reader });
    expect(drafts.body.items).toHaveLength(1);
  });
});

describe('who', () => {
  it('may look and write is the matrix', async () => {
    const made = await publish(msp.catalog);
    const [manager, agent] = [await enlist(msp.id, ['ASSET_MANAGER']), await enlist(msp.id, ['AGENT'])];
    expect((await read(manager, made)).status).toBe(200);
    expect((await draft(manager)).status).toBe(403);
    expect((await read(agent, made)).status).toBe(403);
    const { admin } = await addCustomer(msp);
    expect((await read(admin, made)).status).toBe(403);
    expect((await read((await makeMsp()).catalog, made)).status).toBe(404);
    expect((await step((await makeMsp()).catalog, made, 'unpublish')).status).toBe(404);
    expect((await call(`POST ${items}`, { as: supplier, body: service() })).status).toBe(201);
  });
});
