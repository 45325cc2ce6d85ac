import { beforeAll, describe, expect, it } from 'vitest';
import { announcedBy, react } from '../kit/deliver.ts';
import { plantCreditSystem } from '../kit/plant.ts';
import { type Answer, type Caller, call, type Msp, makeMsp } from '../kit/world.ts';
import { bundle, draft, edit, items, publish, read, step } from './desk.ts';

let msp: Msp;
beforeAll(async () => {
  msp = await makeMsp();
});

const csv = { 'content-type': 'text/csv' };
const ndjson = { 'content-type': 'application/x-ndjson' };

async function send(as: Caller, text: string, query = '?source=file', headers = ndjson): Promise<Answer> {
  return call(`POST /v1/catalogue/imports${query}`, { as, text, headers });
}

/** Lets an import be settled, each event twice; answers its operation and rows. */
async function settle(as: Caller, asked: Answer) {
  expect([asked.status, JSON.stringify(asked.body)]).toEqual([202, expect.any(String)]);
  const mine = (await announcedBy(as.tenant)).filter((one) => one.subject === asked.body.id);
  for (const event of [...mine, ...mine]) await react(event);
  const operation = await call(`GET ${asked.headers.location}`, { as });
  const rows = async (state: string) =>
    (await call(`GET ${asked.headers.location}/rows?state=${state}&limit=100`, { as })).body.items;
  return { operation: operation.body, failed: await rows('failed'), succeeded: await rows('succeeded') };
}

const show = async (as: Caller, id: string) => (await call(`GET ${items}/${id}`, { as })).body;

describe('a file', () => {
  it('of CSV becomes drafts, and bad rows are told with line and field', async () => {
    const text = [
      'name,type,summary,category,price,quantityMin,quantityMax,approval',
      'Mailbox,,Mail,Mail,25,1,5,true',
      'Disk,SERVICE,Space,Storage,1.5,,,',
      'News,BANNER,Hello,,,,,',
      ',SERVICE,,,,,,',
      'Odd,SERVICE,,,,5,2,',
      'Wrong,BANNER,,,7,,,',
    ].join('\n');
    const { operation, failed, succeeded } = await settle(
      msp.catalog,
      await send(msp.catalog, text, '?source=file', csv),
    );
    expect(operation).toMatchObject({
      type: 'IMPORT_CATALOGUE',
      state: 'Provisioned',
      succeeded: 2,
      failed: 4,
    });
    expect(failed.map((one: { line: number; field: string }) => [one.line, one.field])).toEqual([
      [3, 'price.base'],
      [5, 'name'],
      [6, 'quantity'],
      [7, 'price'],
    ]);
    expect(await show(msp.reader, succeeded[0].id)).toMatchObject({
      state: 'DRAFT',
      name: 'Mailbox',
      approval: true,
      quantity: { min: 1, max: 5 },
      costs: { unit: 'CURRENCY', amount: 25 },
    });
  });

  it('of hundreds of rows lands in many transactions, each row once', async () => {
    const own = await makeMsp();
    const text = Array.from({ length: 100 }, (_, index) => JSON.stringify({ name: `Item ${index}` })).join(
      '\n',
    );
    const { operation } = await settle(own.catalog, await send(own.catalog, text));
    expect(operation).toMatchObject({ state: 'Provisioned', total: 100, done: 100, succeeded: 100 });
    const list = await call(`GET ${items}?q=Item&limit=100`, { as: own.reader });
    expect(list.body.items).toHaveLength(100);
  });

  it('of rows that say strange things of an approval is settled, and tells them', async () => {
    const row = (name: string, approval: unknown) =>
      JSON.stringify({ name, summary: 's', description: 'd', category: 'c', approval });
    const text = [
      row('Poison', { toString: 1, valueOf: 1 }),
      row('Builder', 'constructor'),
      row('Good', true),
    ].join('\n');
    const { operation, failed } = await settle(msp.catalog, await send(msp.catalog, text));
    expect(operation).toMatchObject({ succeeded: 1, failed: 2 });
    expect(failed.map(({ field }: { field: string }) => field)).toEqual(['approval', 'approval']);
    const heading = 'name,price,quantityMax,approval';
    const table = [heading, 'Shouted,7,3,TRUE', 'Said,7,3,perhaps', 'Dear,much,3,', 'Many,7,lots,'].join(
      '\n',
    );
    const read = await settle(msp.catalog, await send(msp.catalog, table, '?source=file', csv));
    expect(read.failed.map(({ field }: { field: string }) => field)).toEqual([
      'approval',
      'price.base',
      'quantity.max',
    ]);
    expect(await show(msp.reader, read.succeeded[0].id)).toMatchObject({
      approval: true,
      quantity: { min: 1, max: 3 },
      price: { base: 7 },
    });
  });

  it('of NDJSON takes the types that JSON takes, and no others', async () => {
    const strange = [
      { price: '5' },
      { price: 5 },
      { price: { base: '5' } },
      { approval: 'true' },
      { quantityMax: 3 },
      { quantity: { min: '1', max: 2 } },
      { name: 7 },
    ];
    for (const fields of strange) {
      const body = { name: 'Strange', ...fields };
      expect((await call(`POST ${items}`, { as: msp.catalog, body })).status).toBe(400);
    }
    const text = strange.map((fields) => JSON.stringify({ name: 'Strange', ...fields })).join('\n');
    const { operation, failed } = await settle(msp.catalog, await send(msp.catalog, text));
    expect(operation).toMatchObject({ state: 'Failed', succeeded: 0, failed: strange.length });
    expect(failed.map(({ field }: { field: string }) => field)).toEqual([
      'price',
      'price',
      'price.base',
      'approval',
      'quantityMax',
      'quantity.min',
      'name',
    ]);
  });

  it('lists the rows that failed, unless those that landed are asked for', async () => {
    const asked = await send(msp.catalog, '{"name":"Here"}\n{"name":""}');
    const { failed, succeeded } = await settle(msp.catalog, asked);
    expect([failed.length, succeeded.length]).toEqual([1, 1]);
    const plain = await call(`GET ${asked.headers.location}/rows`, { as: msp.catalog });
    expect(plain.body.items).toEqual(failed);
  });

  it('that cannot be read changes nothing', async () => {
    const refused = async (text: string, headers = ndjson) => {
      const { status, body } = await send(msp.catalog, text, '?source=file', headers);
      return [status, body.code];
    };
    expect(await refused('{"name":')).toEqual([400, 'imports.unreadable']);
    const list = await send(msp.catalog, '[1,2]\n{"name":"A"}');
    expect(list.body).toMatchObject({ code: 'imports.unreadable', detail: 'Line 1: is not a JSON object' });
    expect(await refused('surname\nSmith', csv)).toEqual([400, 'imports.unreadable']);
    const many = (count: number) => Array.from({ length: count }, () => '{"name":"A"}').join('\n');
    expect(await refused(many(1001))).toEqual([413, 'catalogue.import_too_long']);
    expect(await refused(many(10_001))).toEqual([400, 'imports.too_many_rows']);
    const undated = await send(msp.catalog, '{"name":"A"}', '?source=export');
    expect([undated.status, undated.body.errors[0].pointer]).toEqual([400, '#/query/exportedAt']);
  });
});

describe('prices of a file', () => {
  const priced = '{"name":"Priced","price":{"base":5}}';
  const costsOf = async (as: Caller, query: string) => {
    const { succeeded } = await settle(as, await send(as, priced, query));
    return (await show(as, succeeded[0].id)).costs;
  };

  it('count while credits were never switched, save those of a connector', async () => {
    expect(await costsOf(msp.catalog, '?source=file')).toEqual({
      unit: 'CURRENCY',
      amount: 5,
      currency: 'USD',
    });
    expect(await costsOf(msp.catalog, '?source=connector')).toEqual({ unit: 'FREE', label: 'Free' });
    const dated = '?source=export&exportedAt=2020-01-01T00:00:00Z';
    expect(await costsOf(msp.catalog, dated)).toMatchObject({ unit: 'CURRENCY' });
  });

  it('of an export count if it was made after credits were switched on', async () => {
    const own = await makeMsp();
    const before = new Date(Date.now() - 1000).toISOString();
    await plantCreditSystem(own.id);
    const later = new Date(Date.now() + 1000).toISOString();
    expect(await costsOf(own.catalog, `?source=export&exportedAt=${before}`)).toEqual({
      unit: 'FREE',
      label: 'Free',
    });
    expect(await costsOf(own.catalog, `?source=export&exportedAt=${later}`)).toEqual({
      unit: 'CREDITS',
      amount: 5,
    });
    expect(await costsOf(own.catalog, '?source=connector')).toEqual({ unit: 'FREE', label: 'Free' });
  });
});

describe('an export', () => {
  it('imports back as it was', async () => {
    const own = await makeMsp();
    const as = own.catalog;
    const field = { key: 'size', label: 'Size', type: 'CHOICE', required: true, choices: ['S', 'L'] };
    const mail = await publish(as, {
      price: { base: 10, adjustments: [{ name: 'Rebate', amount: -1 }] },
      fields: [field],
      quantity: { min: 1, max: 9 },
      approval: true,
      freeLabel: null,
    });
    await edit(as, mail, { summary: 'Newest words' });
    const pack = await bundle(as, [{ itemId: mail.body.id, min: 1, max: 2 }]);
    await step(as, pack, 'publish');
    await call(`POST ${items}`, { as, body: { type: 'BANNER', name: 'Hi', link: 'https://example.com' } });
    const file = await call('GET /v1/catalogue.ndjson', { as: own.reader });
    expect(file.headers['content-type']).toContain('ndjson');
    expect(file.body.trim().split('\n')).toHaveLength(3);
    const query = `?source=export&exportedAt=${new Date().toISOString()}`;
    const { operation, succeeded } = await settle(as, await send(as, file.body, query));
    expect(operation).toMatchObject({ succeeded: 3, failed: 0 });
    const originals = file.body
      .trim()
      .split('\n')
      .map((line: string) => JSON.parse(line).id);
    for (const [index, id] of originals.entries()) {
      const [old, copy] = [await show(as, id), await show(as, succeeded[index].id)];
      const { name, summary, description, category, fields, approval, quantity, freeLabel, parts, link } =
        old;
      const same = {
        name,
        summary,
        description,
        category,
        fields,
        approval,
        quantity,
        freeLabel,
        parts,
        link,
      };
      expect(copy).toMatchObject({ ...same, state: 'DRAFT', price: old.price });
    }
  });

  it('of a strange catalogue’s bundle is told by its parts', async () => {
    const { id } = (await draft((await makeMsp()).catalog)).body;
    const text = JSON.stringify({ type: 'BUNDLE', name: 'Pack', parts: [{ itemId: id, min: 1, max: 1 }] });
    const { operation, failed } = await settle(msp.catalog, await send(msp.catalog, text));
    expect(operation.state).toBe('Failed');
    expect(failed).toMatchObject([{ line: 1, field: 'parts.0.itemId' }]);
    expect((await read(msp.reader, await draft(msp.catalog))).status).toBe(200);
  });

  it('of more than a thousand items is refused', async () => {
    const own = await makeMsp();
    const text = (count: number) =>
      Array.from({ length: count }, (_, index) => JSON.stringify({ name: `I ${index}` })).join('\n');
    await settle(own.catalog, await send(own.catalog, text(1000)));
    await draft(own.catalog);
    const { status, body } = await call('GET /v1/catalogue.ndjson', { as: own.reader });
    expect([status, body.code]).toEqual([409, 'catalogue.too_long']);
  });
});
