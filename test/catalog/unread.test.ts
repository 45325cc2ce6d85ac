import { randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import { commit, get } from '../../lib/aws/db.ts';
import { marketsOf } from '../../lib/catalog/rules.ts';
import { marketplaceKey } from '../../lib/kit/keys.ts';
import { announcedBy, deliver, react } from '../kit/deliver.ts';
import { call, makeMsp } from '../kit/world.ts';
import { addPerson, openBazaar, rowOf } from './bazaar.ts';

it('a marketplace that cannot be read keeps nobody from the others, and is told to operators', async () => {
  const msp = await makeMsp();
  const bazaar = await openBazaar(msp, 1);
  const open = async (name: string, department: string) => {
    const body = { name, groups: [{ organization: 'Sales', department }], allowEmpty: true };
    return (await call(`POST /v1/customers/${bazaar.id}/marketplaces`, { as: bazaar.admin, body })).body.id;
  };
  const [broken, whole] = [await open('Broken', 'North'), await open('Whole', 'South')];
  const numberOf = async (id: string) => (await get(marketplaceKey(bazaar.id, id), true))?.number;
  const [first, second] = [await numberOf(broken), await numberOf(whole)];
  const old = await addPerson(msp, bazaar, { organization: 'Sales', department: 'North' });
  const gone = await addPerson(msp, bazaar, { organization: 'Sales', department: 'North' });
  await deliver(msp.id, bazaar.id);
  expect((await rowOf(bazaar.id, old.id))?.markets).toEqual([first]);
  const item = await get(marketplaceKey(bazaar.id, broken), true);
  if (!item) throw new Error('There is no marketplace');
  const version = Number(item.version);
  await commit(
    [
      {
        do: 'replace',
        version,
        item: { ...item, filters: [{ any: 'thing' }], version: version + 1 } as never,
      },
    ],
    randomUUID(),
    Date.now() + 5000,
  );
  const path = `/v1/companies/${bazaar.companyId}/people`;
  const said = async (work: () => Promise<unknown>) => {
    const before = new Set((await announcedBy(msp.id)).map(({ id }) => id));
    await work();
    const fresh = (await announcedBy(msp.id)).filter(({ id }) => !before.has(id));
    return Promise.allSettled(fresh.map(react));
  };
  const changes = { organization: 'Sales', department: 'South' };
  const headers = { 'if-match': '*' };
  const moved = await said(() =>
    call(`PATCH ${path}/${old.id}`, { as: msp.catalog, body: changes, headers }),
  );
  expect(moved.map(({ status }) => status)).toEqual(['rejected']);
  expect((await rowOf(bazaar.id, old.id))?.markets).toEqual([first, second]);
  let fresh = { id: '' };
  await said(async () => {
    fresh = await addPerson(msp, bazaar, changes);
  });
  expect((await rowOf(bazaar.id, fresh.id))?.markets).toEqual([second]);
  await said(() => call(`DELETE ${path}/${gone.id}`, { as: msp.catalog, headers }));
  expect(await rowOf(bazaar.id, gone.id)).toBeUndefined();
});

it('a marketplace whose rules cannot be read leaves what somebody had of it, and the others are told', () => {
  const rules = { everyone: false, people: ['per_1'], groups: [], filters: [], gatherings: [], number: 2 };
  const facts = { id: 'per_1', place: undefined, attributes: {} };
  const told = (held: number[]) => marketsOf(facts, { rules: [rules], unread: [7, 1] }, held);
  expect(told([])).toEqual({ numbers: [2], untold: [7, 1] });
  expect(told([1, 7, 9]).numbers).toEqual([1, 2, 7]);
});
