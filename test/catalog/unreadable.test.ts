import { randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import { commit, get } from '../../lib/aws/db.ts';
import { marketplaceKey } from '../../lib/kit/keys.ts';
import { call, makeMsp } from '../kit/world.ts';
import { any, openBazaar } from './bazaar.ts';

it.each([
  ['a newer version has stored', { filters: [{ any: 'thing' }] }],
  ['lacks what it must have', { number: undefined }],
])('a marketplace that %s is refused by name, and the others are not', async (_, damage) => {
  const msp = await makeMsp();
  const bazaar = await openBazaar(msp, 1);
  const path = `/v1/customers/${bazaar.id}/marketplaces`;
  const as = bazaar.admin;
  const open = async (name: string) =>
    (await call(`POST ${path}`, { as, body: { name, everyone: true } })).body.id as string;
  const [broken, whole] = [await open('Broken'), await open('Whole')];
  const item = (await get(marketplaceKey(bazaar.id, broken), true)) as never as { version: number };
  const changed = { ...item, ...damage, version: item.version + 1 } as never;
  const stored = { do: 'replace', version: item.version, item: changed } as const;
  await commit([stored], randomUUID(), Date.now() + 5000);
  const refused = { status: 409, body: { code: 'marketplaces.unreadable' } };
  expect(await call(`GET ${path}/${broken}`, { as })).toMatchObject(refused);
  const change = { as, headers: any, body: { name: 'Mended' } };
  expect(await call(`PATCH ${path}/${broken}`, change)).toMatchObject(refused);
  expect(await call(`DELETE ${path}/${broken}`, { as, headers: any })).toMatchObject(refused);
  expect((await call(`GET ${path}/${whole}`, { as })).status).toBe(200);
  const { items } = (await call(`GET ${path}`, { as })).body;
  expect(items.map(({ name }: { name: string }) => name)).toEqual(['Broken', 'Whole']);
});
