import { beforeAll, expect, it } from 'vitest';
import type { Stored } from '../../infra/invariants.ts';
import { requests } from '../../infra/requests.ts';
import { each } from '../../lib/aws/db.ts';
import { type PartitionKind, partition } from '../../lib/kit/keys.ts';
import { plantCreditSystem, plantCustomer } from '../kit/plant.ts';
import { type Caller, ensureMspMode, makeMsp } from '../kit/world.ts';
import { move, offer, openCatalogue, order, own, plantEndUser } from './desk.ts';

let customer: { id: string; admin: Caller; provider: string };
let items: Stored[];

beforeAll(async () => {
  const msp = await makeMsp();
  await ensureMspMode(msp);
  await plantCreditSystem(msp.id);
  customer = { ...(await plantCustomer(msp.id)), provider: msp.id };
  await openCatalogue(msp.catalog, customer.id);
  const ada = await plantEndUser(customer);
  const [priced, free] = [
    await offer(msp, customer.id, { price: { base: 7 } }),
    await offer(msp, customer.id),
  ];
  const made = [await order(ada, priced), await order(ada, priced), await order(ada, free)] as const;
  await own(ada, made[0], 'cancel');
  await move(msp.catalog, made[2], 'start');
  await move(msp.catalog, made[2], 'complete');
  items = await stored();
});

async function stored(): Promise<Stored[]> {
  const out: Stored[] = [];
  for (const kind of [undefined, 'REQUEST', 'ENTRY'] as readonly (PartitionKind | undefined)[]) {
    const range = { partition: partition(customer.id, kind), limit: 100, consistent: true };
    for await (const item of each(range)) out.push(item);
  }
  return out;
}

const changed = (matches: (item: Stored) => boolean, change: Stored) =>
  requests(items.map((item) => (matches(item) ? { ...item, ...change } : item)));

it('finds nothing wrong with what the API wrote', () => {
  expect(items.filter(({ kind }) => kind === 'request')).toHaveLength(3);
  expect(requests(items)).toEqual([]);
});

it('finds a count that is off', () => {
  expect(changed(({ kind }) => kind === 'requestCount', { open: 5 })).toEqual([
    { invariant: 'counts', where: customer.id, what: 'it counts 5 open requests and has 1' },
  ]);
});

it('finds a debit and a refund that are not what the request says', () => {
  const found = changed(({ type }) => type === 'DEBIT' || type === 'REFUND', { amount: 8 });
  expect(found.map(({ what }) => what).sort()).toEqual([
    'what came back is not what it cost',
    'what it cost and what was debited differ',
    'what it cost and what was debited differ',
  ]);
});
