import { beforeAll, expect, it } from 'vitest';
import { call, type Msp, makeMsp } from '../kit/world.ts';
import { any, openBazaar, plantAssignment, plantItem, seenBy } from './bazaar.ts';
import { assign, edit, publish, step } from './desk.ts';

let msp: Msp;
beforeAll(async () => {
  msp = await makeMsp();
});

const fullView = (id: string) =>
  call(`PUT /v1/customers/${id}/full-view`, { as: msp.catalog, headers: any, body: { on: true } });

it('an item with a new name is found by that one in the shop', async () => {
  const bazaar = await openBazaar(msp, 1);
  const [somebody] = bazaar.people;
  if (!somebody) throw new Error('Nobody is there');
  expect((await fullView(bazaar.id)).status).toBeLessThan(300);
  const item = await publish(msp.catalog, { name: 'Old mailbox' });
  expect((await assign(msp.catalog, bazaar.id, item)).status).toBe(201);
  expect((await edit(msp.catalog, item, { name: 'New letterbox' })).status).toBe(200);
  expect(await seenBy(somebody.as, '&q=letterbox')).toEqual([]);
  expect((await step(msp.catalog, item, 'publish')).status).toBe(200);
  expect(await seenBy(somebody.as, '&q=LETTERB')).toEqual([item.body.id]);
  expect(await seenBy(somebody.as, '&q=old')).toEqual([]);
  const why = await call(`GET /v1/people/${somebody.id}/entitlements`, { as: bazaar.admin });
  expect(why.body.items).toMatchObject([{ itemId: item.body.id, name: 'New letterbox' }]);
});

it('a name is looked for on all pages, and each that has it is found once', async () => {
  const bazaar = await openBazaar(msp, 1);
  const [somebody] = bazaar.people;
  if (!somebody) throw new Error('Nobody is there');
  await fullView(bazaar.id);
  const wanted: string[] = [];
  for (let place = 0; place < 230; place++) {
    const found = place % 7 === 0;
    const id = await plantItem(msp, { name: found ? `Needle ${place}` : `Hay ${place}` });
    await plantAssignment(bazaar.id, id);
    if (found) wanted.push(id);
  }
  const found: string[] = [];
  let cursor = '';
  do {
    const { body } = await call(`GET /v1/catalogue?q=needle&limit=5${cursor}`, { as: somebody.as });
    expect(body.items.length).toBeLessThanOrEqual(5);
    found.push(...body.items.map((one: { id: string }) => one.id));
    cursor = body.nextCursor ? `&cursor=${encodeURIComponent(body.nextCursor)}` : '';
  } while (cursor);
  expect(found).toEqual(wanted.sort());
});
