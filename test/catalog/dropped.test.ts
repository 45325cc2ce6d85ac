import { expect, it } from 'vitest';
import type { Envelope } from '../../lib/kit/event.ts';
import { announcedBy, deliver, react } from '../kit/deliver.ts';
import { call, makeMsp } from '../kit/world.ts';
import { any, openBazaar, plantAssignment, plantItem, seenBy } from './bazaar.ts';
import { assign, publish, unassign } from './desk.ts';

it('an item given again and put back with many others stays in the marketplace, however late its leaving is heard', async () => {
  const msp = await makeMsp();
  const bazaar = await openBazaar(msp, 1);
  const [one] = bazaar.people;
  if (!one) throw new Error('Nobody is there');
  const item = await publish(msp.catalog);
  expect((await assign(msp.catalog, bazaar.id, item)).status).toBe(201);
  const many = await Promise.all(Array.from({ length: 100 }, () => plantItem(msp)));
  for (const id of many) await plantAssignment(bazaar.id, id);
  const path = `/v1/customers/${bazaar.id}/marketplaces`;
  const body = { name: 'Tools', everyone: true, items: [item.body.id] };
  const { body: made } = await call(`POST ${path}`, { as: bazaar.admin, body });
  await deliver(msp.id, bazaar.id);
  const change = (items: readonly string[]) =>
    call(`PATCH ${path}/${made.id}`, { as: bazaar.admin, headers: any, body: { items } });

  expect((await unassign(msp.catalog, bazaar.id, item)).status).toBe(204);
  const left = (await announcedBy(bazaar.id)).filter(({ type }) => type === 'catalog.item_unassigned.v1');
  expect(left).toHaveLength(1);
  expect((await assign(msp.catalog, bazaar.id, item)).status).toBe(201);
  expect((await change([])).status).toBe(200);
  expect((await change([item.body.id, ...many])).status).toBe(202);
  await expect(react(left[0] as Envelope)).rejects.toThrow('on-item-unassigned');
  const events = (await announcedBy(bazaar.id)).filter(({ type }) => type === 'catalog.work_requested.v1');
  for (const event of events) await react(event);
  await react(left[0] as Envelope);
  const { body: shown } = await call(`GET ${path}/${made.id}`, { as: bazaar.admin });
  expect(shown.items).toContain(item.body.id);
  expect(await seenBy(one.as)).toContain(item.body.id);
});
