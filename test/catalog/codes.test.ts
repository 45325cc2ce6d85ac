import { beforeAll, describe, expect, it } from 'vitest';
import { announcedBy, react } from '../kit/deliver.ts';
import { type Answer, call, type Msp, makeMsp } from '../kit/world.ts';
import { draft, edit, items, of, publish, read } from './desk.ts';

let msp: Msp;
beforeAll(async () => {
  msp = await makeMsp();
});

const codeOf = ({ status, body }: Answer) => [status, body.code];
const remove = (item: Answer) =>
  call(`DELETE ${of(item)}`, { as: msp.catalog, headers: { 'if-match': '*' } });

async function load(text: string, type = 'application/x-ndjson') {
  const headers = { 'content-type': type };
  const asked = await call('POST /v1/catalogue/imports?source=file', { as: msp.catalog, text, headers });
  expect([asked.status, JSON.stringify(asked.body)]).toEqual([202, expect.any(String)]);
  const mine = (await announcedBy(msp.id)).filter((one) => one.subject === asked.body.id);
  for (const event of [...mine, ...mine]) await react(event);
  const rows = async (state: string) =>
    (await call(`GET ${asked.headers.location}/rows?state=${state}&limit=100`, { as: msp.catalog })).body
      .items;
  return { failed: await rows('failed'), succeeded: await rows('succeeded') };
}

describe('the code of an item', () => {
  it('is its own, whatever the case, until it changes or the item goes', async () => {
    const one = await draft(msp.catalog, { code: 'MAIL-1' });
    expect(one.body.code).toBe('MAIL-1');
    expect(codeOf(await draft(msp.catalog, { code: 'mail-1' }))).toEqual([409, 'catalogue.code_taken']);
    const two = await draft(msp.catalog);
    expect(two.body.code).toBeNull();
    expect(codeOf(await edit(msp.catalog, two, { code: 'Mail-1' }))).toEqual([409, 'catalogue.code_taken']);
    expect((await edit(msp.catalog, one, { code: 'mail-1', name: 'Other' })).body.code).toBe('mail-1');
    expect((await edit(msp.catalog, one, { code: 'MAIL-2', name: 'Another' })).body.code).toBe('MAIL-2');
    expect((await edit(msp.catalog, two, { code: 'MAIL-1' })).body.code).toBe('MAIL-1');
    expect((await edit(msp.catalog, two, { code: null })).body.code).toBeNull();
    expect((await remove(one)).status).toBe(204);
    expect((await draft(msp.catalog, { code: 'mail-2' })).status).toBe(201);
    expect((await draft(msp.catalog, { code: 'MAIL-1' })).status).toBe(201);
  });

  it('begins no revision of what is published, and stays with it', async () => {
    const sold = await publish(msp.catalog);
    const coded = await edit(msp.catalog, sold, { code: 'SOLD-1' });
    expect(coded.body).toMatchObject({ code: 'SOLD-1', state: 'PUBLISHED', revision: 1, published: 1 });
    expect((await edit(msp.catalog, sold, { code: 'SOLD-1' })).headers.etag).toBe(coded.headers.etag);
    await edit(msp.catalog, sold, { summary: 'Next' });
    expect((await read(msp.catalog, sold)).body).toMatchObject({
      code: 'SOLD-1',
      state: 'DRAFT',
      revision: 2,
    });
  });

  it.each([[''], ['-a'], ['a b'], ['a'.repeat(41)], [7]])('is not %j', async (code) => {
    const refused = await draft(msp.catalog, { code });
    expect(refused).toMatchObject({ status: 400, body: { errors: [{ pointer: '#/code' }] } });
  });
});

describe('a file that is imported twice', () => {
  it('makes no doubles of rows with codes; each says what is there', async () => {
    const text = Array.from({ length: 60 }, (_, at) =>
      JSON.stringify({ name: `Twice ${at}`, code: `TW-${at}` }),
    ).join('\n');
    const first = await load(text);
    expect([first.succeeded.length, first.failed.length]).toEqual([60, 0]);
    const again = await load(text.replaceAll('TW-', 'tw-'));
    expect(again.succeeded).toEqual([]);
    expect(again.failed).toHaveLength(60);
    expect(again.failed[0]).toMatchObject({
      field: 'code',
      message: `is there already: ${first.succeeded[0].id}`,
    });
    const list = await call(`GET ${items}?q=Twice&limit=100`, { as: msp.catalog });
    expect(list.body.items).toHaveLength(60);
  });

  it('tells a code that stands in it twice, takes rows without codes as before, and CSV too', async () => {
    const text = 'name,code\nA row,C-1\nB row,c-1\nC row,\nC row,';
    const once = await load(text, 'text/csv');
    expect(once.succeeded).toHaveLength(3);
    expect(once.failed).toMatchObject([{ line: 3, field: 'code' }]);
    const twice = await load(text, 'text/csv');
    expect([twice.succeeded.length, twice.failed.length]).toEqual([2, 2]);
  });

  it('is known by its export', async () => {
    const made = await draft(msp.catalog, { code: 'EXP-1' });
    const whole = await call('GET /v1/catalogue.ndjson', { as: msp.catalog });
    const row = whole.body.split('\n').find((one: string) => one.includes(made.body.id));
    const { failed } = await load(row);
    expect(failed).toMatchObject([{ field: 'code', message: `is there already: ${made.body.id}` }]);
  });

  it('by two at once makes no doubles either', async () => {
    const row = JSON.stringify({ name: 'Both', code: 'BOTH-1' });
    const [one, two] = await Promise.all([load(row), load(row)]);
    expect(one.succeeded.length + two.succeeded.length).toBe(1);
    expect(one.failed.length + two.failed.length).toBe(1);
  });
});
