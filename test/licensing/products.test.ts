import { beforeAll, describe, expect, it } from 'vitest';
import { get } from '../../lib/aws/db.ts';
import { licenceKeyKey, productCountKey } from '../../lib/kit/keys.ts';
import { plantCustomer } from '../kit/plant.ts';
import { type Caller, call, type Msp, makeMsp } from '../kit/world.ts';
import { any, put, shelf, stockProduct } from './shelf.ts';

let msp: Msp;
beforeAll(async () => {
  msp = await makeMsp();
});

const send = (
  line: string,
  body?: unknown,
  as: Caller = msp.catalog,
  headers: Record<string, string> = any,
) => call(line, { as, body, headers });

describe('products', () => {
  it('have a trial of 30 days and 25 seats unless told otherwise, and are listed by name', async () => {
    const { status, body, headers } = await send('POST /v1/products', {
      code: 'EDR-1',
      name: 'Endpoint guard',
    });
    expect(status).toBe(201);
    expect(body).toMatchObject({ trialDays: 30, trialSeats: 25, mspLicence: false, state: 'ACTIVE' });
    expect(headers.location).toBe(`/v1/products/${body.id}`);
    const listed = await send('GET /v1/products?q=endpoint', undefined, msp.reader);
    expect(listed.body.items).toEqual([
      { id: body.id, code: 'EDR-1', name: 'Endpoint guard', state: 'ACTIVE' },
    ]);
    const again = await send('POST /v1/products', { code: 'EDR-1', name: 'Another' });
    expect(again).toMatchObject({
      status: 409,
      body: { code: 'licensing.product_code_taken', errors: [{ pointer: '#/code' }] },
    });
  });

  it('are changed by the version that was seen', async () => {
    const { id } = await stockProduct(msp);
    const changed = await send(`PATCH /v1/products/${id}`, { trialSeats: 5 }, msp.catalog, {
      'if-match': '"1"',
    });
    expect(changed).toMatchObject({ status: 200, body: { trialSeats: 5 }, headers: { etag: '"2"' } });
    const stale = await send(`PATCH /v1/products/${id}`, { trialSeats: 6 }, msp.catalog, {
      'if-match': '"1"',
    });
    expect(stale.status).toBe(412);
    const same = await send(`PATCH /v1/products/${id}`, { trialSeats: 5 });
    expect(same.headers.etag).toBe('"2"');
    expect((await send(`GET /v1/products/${id}`, undefined, msp.reader)).body.trialSeats).toBe(5);
  });

  it.each([
    [{ code: 'e', name: 'A' }, '#/code'],
    [{ code: 'OK', name: 'http://x' }, '#/name'],
    [{ code: 'OK', name: 'A', trialSeats: 0 }, '#/trialSeats'],
    [{ code: 'OK', name: 'A', trialDays: 1.5 }, '#/trialDays'],
    [{ code: 'OK', name: 'A', seats: 4 }, '#/seats'],
  ])('%j is refused', async (body, pointer) => {
    const answer = await send('POST /v1/products', body);
    expect(answer.status).toBe(400);
    expect(answer.body.errors[0].pointer).toBe(pointer);
  });

  it('are a hundred at most', async () => {
    const full = await makeMsp();
    const item = { ...productCountKey(full.id), kind: 'productCount', products: 99, version: 1 };
    await put({ writes: [{ do: 'create', item }] });
    expect((await send('POST /v1/products', { code: 'LAST', name: 'Last' }, full.catalog)).status).toBe(201);
    const more = await send('POST /v1/products', { code: 'MORE', name: 'More' }, full.catalog);
    expect(more.body.code).toBe('licensing.too_many_products');
  });

  it('are each provider’s own', async () => {
    const { id } = await stockProduct(msp);
    const other = await makeMsp();
    for (const line of [`GET /v1/products/${id}`, `PATCH /v1/products/${id}`])
      expect(
        (await send(line, line.startsWith('P') ? { trialSeats: 1 } : undefined, other.catalog)).status,
      ).toBe(404);
    const key = await send('POST /v1/licence-keys', { productId: id, seats: 1, days: 1 }, other.catalog);
    expect(key.body.code).toBe('licensing.product_unknown');
  });
});

describe('licence keys', () => {
  const make = async (productId: string, more: object = {}) =>
    send('POST /v1/licence-keys', { productId, seats: 7, days: 100, ...more });

  it('are shown once, kept as a hash, and redeemed once', async () => {
    const product = await stockProduct(msp);
    const body = { productId: product.id, seats: 7, days: 100 };
    const made = await call('POST /v1/licence-keys', { as: msp.catalog, body, key: 'one-key' });
    expect(made.body.key).toMatch(/^qlk\./);
    const again = await call('POST /v1/licence-keys', { as: msp.catalog, body, key: 'one-key' });
    expect(again.body).toEqual({ ...made.body, key: undefined });
    const secret = made.body.key.split('.').at(-1);
    expect(JSON.stringify(await get(licenceKeyKey(msp.id, made.body.id), true))).not.toContain(secret);
    const [one, two] = await Promise.all([plantCustomer(msp.id), plantCustomer(msp.id)]);
    const apply = (id: string) =>
      shelf(msp, id, product).give({ source: 'LICENCE_KEY', licenceKey: made.body.key });
    const answers = await Promise.all([apply(one.id), apply(two.id)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409]);
    expect(answers.find(({ status }) => status === 409)?.body.code).toBe('licensing.key_used');
    expect(answers.find(({ status }) => status === 201)?.body).toMatchObject({
      ...{ kind: 'SUBSCRIPTION', seats: 7, licenceKeyId: made.body.id, productId: product.id },
    });
    const revoked = await send(`DELETE /v1/licence-keys/${made.body.id}`);
    expect(revoked.body.code).toBe('licensing.key_used');
  });

  it('count only as they were made, for this provider, until they expire or are taken back', async () => {
    const product = await stockProduct(msp);
    const { id } = await plantCustomer(msp.id);
    const one = shelf(msp, id, product);
    const apply = (licenceKey: string) => one.give({ source: 'LICENCE_KEY', licenceKey });
    const { body } = await make(product.id);
    const guessed = `${body.key.slice(0, -43)}${'A'.repeat(43)}`;
    expect((await apply(guessed)).body.code).toBe('licensing.key_unknown');
    expect((await apply('qlk.1')).body).toMatchObject({ code: 'request.malformed' });
    const other = await makeMsp();
    const elsewhere = await stockProduct(other);
    const foreign = await send(
      'POST /v1/licence-keys',
      { productId: elsewhere.id, seats: 1, days: 1 },
      other.catalog,
    );
    expect((await apply(foreign.body.key)).status).toBe(422);
    expect((await send(`DELETE /v1/licence-keys/${body.id}`, undefined, other.catalog)).status).toBe(404);
    expect((await send(`DELETE /v1/licence-keys/${body.id}`)).status).toBe(204);
    expect((await apply(body.key)).body.code).toBe('licensing.key_unknown');
    const late = await make(product.id);
    const key = licenceKeyKey(msp.id, late.body.id);
    await put({
      writes: [
        { do: 'amend', key, set: { expiresAt: '2020-01-01T00:00:00.000Z' }, where: { kind: 'licenceKey' } },
      ],
    });
    expect((await apply(late.body.key)).body.code).toBe('licensing.key_expired');
  });

  it('are listed by what became of them, the newest first, never as they are redeemed', async () => {
    const own = await makeMsp();
    const product = await stockProduct(own);
    const made = [];
    for (const seats of [1, 2, 3, 4]) {
      const { body } = await send(
        'POST /v1/licence-keys',
        { productId: product.id, seats, days: 10 },
        own.catalog,
      );
      made.push(body);
    }
    const [used, late, gone, open] = made;
    const { id } = await plantCustomer(own.id);
    const redeemed = await shelf(own, id, product).give({ source: 'LICENCE_KEY', licenceKey: used.key });
    const key = licenceKeyKey(own.id, late.id);
    const set = { expiresAt: '2020-01-01T00:00:00.000Z' };
    await put({ writes: [{ do: 'amend', key, set, where: { kind: 'licenceKey' } }] });
    expect((await send(`DELETE /v1/licence-keys/${gone.id}`, undefined, own.catalog)).status).toBe(204);
    const list = (query = '', as = own.reader) => send(`GET /v1/licence-keys${query}`, undefined, as);
    const all = await list();
    expect(all.body.items.map((one: { id: string; state: string }) => [one.id, one.state])).toEqual([
      [open.id, 'OPEN'],
      [late.id, 'EXPIRED'],
      [used.id, 'REDEEMED'],
    ]);
    expect(all.body.items[2]).toEqual({
      ...{ ...used, key: undefined, state: 'REDEEMED' },
      ...{ customerId: id, subscriptionId: redeemed.body.id },
    });
    for (const { key: text } of made) expect(JSON.stringify(all.body)).not.toContain(text.slice(-43));
    expect(JSON.stringify(all.body)).not.toContain('hash');
    const only = async (query: string) =>
      (await list(query)).body.items.map((one: { id: string }) => one.id) as string[];
    expect(await only('?state=OPEN')).toEqual([open.id]);
    expect(await only(`?productId=${(await stockProduct(own)).id}`)).toEqual([]);
    expect((await list('?state=USED')).body.errors[0].pointer).toBe('#/query/state');
    const pages = [await list('?limit=2')];
    pages.push(await list(`?limit=2&cursor=${pages[0]?.body.nextCursor}`));
    expect(pages.map(({ body }) => body.items.length)).toEqual([2, 1]);
    const read = await send(`GET /v1/licence-keys/${open.id}`, undefined, own.reader);
    expect(read).toMatchObject({ status: 200, body: all.body.items[0], headers: { etag: '"1"' } });
    expect((await list('', (await makeMsp()).reader)).body.items).toEqual([]);
    expect((await send(`GET /v1/licence-keys/${open.id}`, undefined, msp.reader)).status).toBe(404);
  });

  it('are not made of retired products, nor redeemed for them', async () => {
    const product = await stockProduct(msp);
    const { id } = await plantCustomer(msp.id);
    const { body } = await make(product.id);
    await send(`PATCH /v1/products/${product.id}`, { state: 'RETIRED' });
    expect((await make(product.id)).body.code).toBe('licensing.product_retired');
    const applied = await shelf(msp, id, product).give({ source: 'LICENCE_KEY', licenceKey: body.key });
    expect(applied.body.code).toBe('licensing.product_retired');
  });
});
