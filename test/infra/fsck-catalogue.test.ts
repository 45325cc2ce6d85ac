import { beforeAll, describe, expect, it } from 'vitest';
import type { Stored } from '../../infra/fsck/check.ts';
import { violations } from '../../infra/fsck/examine.ts';
import { everything } from '../../lib/aws/scan.ts';
import { newId } from '../../lib/aws/world.ts';
import { type Bazaar, openBazaar } from '../catalog/bazaar.ts';
import { assign, publish } from '../catalog/desk.ts';
import { deliver } from '../kit/deliver.ts';
import { type Branch, plantDirectly, plantReseller } from '../kit/forest.ts';
import { ownTable } from '../kit/own-table.ts';
import { plantCreditSystem } from '../kit/plant.ts';
import { type Answer, type Caller, call, type Msp, makeMsp } from '../kit/world.ts';
import { type Change, changed, edit, firstOf, linesOf, ofTenant, without } from './breaking.ts';

let msp: Msp;
let bazaar: Bazaar;
let reseller: Branch;
let child: string;
let itemId: string;
let items: readonly Stored[];

async function send(line: string, as: Caller, body?: unknown): Promise<Answer> {
  const answer = await call(line, { as, body, headers: { 'if-match': '*' } });
  if (answer.status >= 300)
    throw new Error(`${line} answered ${answer.status}: ${JSON.stringify(answer.body)}`);
  return answer;
}

/** Credits that go down the tree, expire, are debited in a batch, and come back in part. */
async function spend(): Promise<void> {
  const of = (id: string, what: string) => `POST /v1/customers/${id}/credits/${what}`;
  const expiresAt = `${new Date().getUTCFullYear() + 1}-06-01T00:00:00Z`;
  await send(of(reseller.id, 'grants'), msp.catalog, { amount: 100, expiresAt });
  await send(of(child, 'transfers'), reseller.admin, { amount: 60 });
  await send(of(child, 'reclaims'), reseller.admin, { amount: 10 });
  const requestId = newId('request', Date.now());
  const lines = [4, 5].map((amount) => ({ amount, serviceId: 'storage' }));
  const { body } = await send(of(child, 'debits/batch'), msp.catalog, { lines, requestId });
  for (const line of [0, 1])
    await send(of(child, 'refunds'), msp.catalog, { entryId: body.entryId, line, reason: 'Not delivered' });
}

ownTable();
beforeAll(async () => {
  msp = await makeMsp();
  await plantCreditSystem(msp.id);
  bazaar = await openBazaar(msp, 3);
  reseller = await plantReseller(msp);
  child = (await plantDirectly(reseller.admin)).id;
  const [one, two] = [await publish(msp.catalog), await publish(msp.catalog)];
  itemId = one.body.id;
  for (const id of [reseller.id, child, bazaar.id]) await assign(msp.catalog, id, one);
  await assign(msp.catalog, bazaar.id, two);
  const open = (body: object) =>
    send(`POST /v1/customers/${bazaar.id}/marketplaces`, bazaar.admin, { name: 'M', ...body });
  const filters = [{ all: [{ attribute: 'company', op: 'PRESENT' }] }];
  const group = await send(`POST /v1/customers/${bazaar.id}/dynamic-groups`, bazaar.admin, {
    name: 'All',
    filters,
  });
  const dynamicGroups = [group.body.id];
  const [everyone, few] = [
    await open({ everyone: true, items: [itemId] }),
    await open({ people: bazaar.people.map(({ id }) => id), items: [itemId, two.body.id], dynamicGroups }),
  ];
  expect([everyone.status, few.status]).toEqual([201, 202]);
  await deliver(bazaar.id);
  await spend();
  items = await everything();
});

// Sums follow by events that are not handed on here.
const told = async (change: Change = (item) => item) =>
  linesOf((await violations(changed(items, change))).filter(({ invariant }) => invariant !== 'sums'));
const first = (chosen: (item: Stored) => boolean) => firstOf(items, chosen);

const assigned = (tenant: string) => first(ofTenant('assignment', tenant, { id: itemId }));
const row = () => first(ofTenant('endUser', bazaar.id));

it('finds nothing wrong with what the API wrote', async () => {
  expect(await told()).toEqual([]);
  for (const kind of ['assignment', 'marketplace', 'dynamicGroup', 'endUser', 'catalogOperation'])
    first(ofTenant(kind, bazaar.id));
  expect(row()).toMatchObject({ markets: [2], signIn: expect.any(String) });
  expect(assigned(bazaar.id)).toMatchObject({ markets: [2], everyone: [1] });
  for (const type of ['TRANSFER_IN', 'TRANSFER_OUT', 'REFUND']) first(ofTenant('entry', child, { type }));
});

/** What is planted, and all that must be said of it, by the beginning of each line. */
const plants: readonly [string, () => Change, () => readonly (string | RegExp)[]][] = [
  [
    'an item that the reseller has no more',
    () => without(assigned(reseller.id)),
    () => [
      `catalogue: ${reseller.id} ${itemId}: 1 right below have it that are not counted, or have what is`,
    ],
  ],
  [
    'a wrong count of who has an item',
    () => edit(assigned(reseller.id), { below: 3 }),
    () => [`catalogue: ${reseller.id} ${itemId}: it counts 2 right below that do not have it`],
  ],
  [
    'an item that is not counted',
    () => edit(assigned(reseller.id), { below: 0 }),
    () => [`catalogue: ${reseller.id} ${itemId}: 1 right below have it that are not counted`],
  ],
  [
    'an item that is had from somebody else',
    () => edit(assigned(bazaar.id), { from: 'prv_else' }),
    () => [/^catalogue: .*ASSIGNED cat_.*: it is had from prv_else/],
  ],
  [
    'an item in a marketplace that is not there',
    () => edit(assigned(bazaar.id), { markets: [2, 7] }),
    () => [/^catalogue: .* in marketplace 7 for its people: the marketplace does not list it/],
  ],
  [
    'an item for everyone of a marketplace for some',
    () => edit(assigned(bazaar.id), { markets: [], everyone: [1, 2] }),
    () => [
      /^catalogue: .* in marketplace 2 for everyone: the marketplace does not list it/,
      /^catalogue: .* in marketplace 2 for its people: the marketplace alone says so/,
    ],
  ],
  [
    'an item that a marketplace lists and the customer has not',
    () => without(assigned(bazaar.id)),
    () => [
      /^catalogue: .* in marketplace 1 for everyone: the marketplace alone says so/,
      /^catalogue: .* in marketplace 2 for its people: the marketplace alone says so/,
    ],
  ],
  [
    'an end user of a marketplace that is not there',
    () => edit(row(), { markets: [2, 9] }),
    () => [/^catalogue: .*END_USER per_.*: it names marketplaces 9,/],
  ],
  [
    'an end user with the number of a marketplace for everyone',
    () => edit(row(), { markets: [1, 2] }),
    () => [/^catalogue: .*END_USER per_.*: it names marketplaces 1,/],
  ],
  [
    'an end user without a marketplace that includes the person',
    () => edit(row(), { markets: [] }),
    () => [/^catalogue: cus_\S+ per_\S+: marketplace 2 includes the person, and no row says so/],
  ],
  [
    'end users of a marketplace that does not include them',
    () => {
      const few = first(ofTenant('marketplace', bazaar.id, { number: 2 }));
      const [group, some] = [first(ofTenant('dynamicGroup', bazaar.id)), bazaar.people.slice(1)];
      const strange = [{ all: [{ attribute: 'company', op: 'EQUALS', values: ['Else'] }] }];
      return (item) =>
        item === few
          ? { ...item, people: some.map(({ id }) => id) }
          : item === group
            ? { ...item, filters: strange }
            : item;
    },
    () => [
      new RegExp(
        `^catalogue: ${bazaar.id} ${bazaar.people[0]?.id}: marketplace 2 does not include the person`,
      ),
    ],
  ],
  [
    'a dynamic group that is gone',
    () => without(first(ofTenant('dynamicGroup', bazaar.id))),
    () => [/^catalogue: cus_\S+ dgr_\S+: 1 marketplaces name it that are not counted, or name what is/],
  ],
  [
    'a wrong count of marketplaces that name a dynamic group',
    () => edit(first(ofTenant('dynamicGroup', bazaar.id)), { marketplaces: 3 }),
    () => [/^catalogue: cus_\S+ dgr_\S+: it counts 2 marketplaces that do not name it/],
  ],
  [
    'an end user whose address signs in nowhere',
    () => without(first((item) => item.kind === 'endIdentity' && item.personId === row().id)),
    () => [/^catalogue: .*: an end user’s address signs in elsewhere/],
  ],
  [
    'an address that signs in as somebody who is gone',
    () => without(row()),
    () => [
      /^catalogue: .*: an address signs in as nobody/,
      /^catalogue: cus_\S+ per_\S+: marketplace 2 includes the person, and no row says so/,
    ],
  ],
  [
    'a sign-in as somebody else',
    () =>
      edit(
        first((item) => item.kind === 'endIdentity'),
        { personId: 'per_else' },
      ),
    () => [
      /^catalogue: .*: an end user’s address signs in elsewhere/,
      /^catalogue: .*: an address signs in as/,
    ],
  ],
  [
    'lots beyond the balance',
    () =>
      edit(first(ofTenant('entry', reseller.id, { type: 'TRANSFER_IN' })), {
        lots: `1----${(101).toString(36)}`,
      }),
    () => [/^ledgers: .*: it has 101 in lots, and a balance of 50/],
  ],
  [
    'a refund of another amount than was debited',
    () => edit(first(ofTenant('entry', child, { type: 'REFUND', amount: 5 })), { amount: 3, balance: 57 }),
    () => [/^ledgers: .*: it gives back what was not debited, or another amount/],
  ],
  [
    'a refund of a line that is not there',
    () => {
      const refund = first(ofTenant('entry', child, { type: 'REFUND', amount: 5 }));
      return edit(refund, { refundOf: `${String(refund.refundOf).slice(0, -1)}7` });
    },
    () => [
      /^ledgers: .*: it gives back what was not debited/,
      /^names: .*: nothing keeps .*#7/,
      /^names: .*: nobody has what it keeps/,
    ],
  ],
  [
    'a line that was refunded twice',
    () => {
      const [four, five] = [4, 5].map((amount) =>
        first(ofTenant('entry', child, { type: 'REFUND', amount })),
      );
      return edit(five as Stored, { refundOf: four?.refundOf });
    },
    () => [
      /^ledgers: .*: it gives back what was not debited, or another amount/,
      /^names: .*ENTRY .*, .*ENTRY .*: they share .*REFUND#/,
      /^names: .*: nobody has what it keeps/,
    ],
  ],
  [
    'a transfer whose other half is missing',
    () => {
      const [half] = items.filter(ofTenant('entry', reseller.id, { type: 'TRANSFER_IN' }));
      return edit(half as Stored, { peer: `${child}/ent_20200101000000000` });
    },
    () => [
      `ledgers: ${reseller.id} entry 3: it is a transfer without its other half`,
      `ledgers: ${child} entry 2: it is a transfer without its other half`,
    ],
  ],
  [
    'a transfer of another amount on the other side',
    () => edit(first(ofTenant('entry', child, { type: 'TRANSFER_IN' })), { amount: 61 }),
    () => [
      `ledgers: ${child} entry 1: it is a transfer without its other half`,
      `ledgers: ${reseller.id} entry 2: it is a transfer without its other half`,
    ],
  ],
];

describe('a broken table', () => {
  it.each(plants)('with %s', async (_, change, expected) => {
    const begins = (line: string, one: string | RegExp) =>
      typeof one === 'string' ? line.startsWith(one) : one.test(line);
    const found = await told(change());
    for (const one of expected()) {
      expect(
        found.filter((line) => begins(line, one)),
        found.join('\n'),
      ).toHaveLength(1);
    }
    // An entry that was changed breaks its chain too.
    const rest = found.filter((line) => !expected().some((one) => begins(line, one)));
    expect(rest.filter((line) => !/^ledgers: .* entry \d+: (it begins|the entry before)/.test(line))).toEqual(
      [],
    );
  });

  it('is not told of marketplaces while work is under way there', async () => {
    const busy = { ...first(ofTenant('catalogOperation', bazaar.id)), finishedAt: null, SK: 'opr_busy' };
    const strange = { ...row(), markets: [9] };
    expect(await told((item) => (item === row() ? [strange, busy] : item))).toEqual([]);
  });
});
