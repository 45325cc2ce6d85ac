import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { schedules } from '../../functions/credits/schedules.ts';
import { each } from '../../lib/aws/db.ts';
import { newId } from '../../lib/aws/world.ts';
import { effectOf, hashOf, toEntry } from '../../lib/credits/entry.ts';
import { configure, grant } from '../../lib/credits/ledger.ts';
import { partition } from '../../lib/kit/keys.ts';
import { announcedBy, react } from '../kit/deliver.ts';
import { plantCreditSystem } from '../kit/plant.ts';
import { addCustomer, type Caller, call, enlist, ensureMspMode, type Msp, makeMsp } from '../kit/world.ts';
import { fullHour, hoursFromNow, Past } from './past.ts';

let msp: Msp;
let as: Caller;
beforeAll(async () => {
  msp = await makeMsp();
  as = msp.catalog;
  await ensureMspMode(msp);
  await plantCreditSystem(msp.id);
});

const any = { 'if-match': '*' };
const ledger = async (customerId: string) => {
  const out = [];
  const range = { partition: partition(customerId, 'ENTRY'), limit: 100, consistent: true };
  for await (const item of each(range)) out.push(toEntry(item));
  return out;
};
const archived = (id: string, by: Caller = msp.reader, query = '') =>
  call(`GET /v1/archived-customers/${id}/credits/entries${query}`, { as: by });

/** A customer with an alert limit of 50 and this much credit left. */
async function having(balance: number) {
  const { id, admin } = await addCustomer(msp);
  const path = `/v1/customers/${id}/credits`;
  await call(`PATCH ${path}/settings`, { as, body: { alertLimit: 50 }, headers: any });
  await call(`POST ${path}/grants`, { as, body: { amount: 100 } });
  if (balance !== 100)
    await call(`POST ${path}/debits`, { as, body: { amount: 100 - balance }, key: randomUUID() });
  return { id, admin };
}
const remove = (id: string, query = '') => call(`DELETE /v1/customers/${id}${query}`, { as, headers: any });

async function hear(id: string): Promise<void> {
  for (const envelope of await announcedBy(id)) {
    if (envelope.type === 'customers.deleted.v1') await react(envelope);
  }
}

describe('the credits of a deleted customer', () => {
  it.each([100, 30, -15])('are taken from %i to zero by one entry with its reason', async (balance) => {
    const { id, admin } = await having(balance);
    const dry = await remove(id, '?dryRun=true');
    expect(dry).toMatchObject({ status: 200, body: { balance, licences: 0, people: 1 } });
    const before = await ledger(id);
    expect((await remove(id)).status).toBe(204);
    const told = (await announcedBy(id)).map(({ type }) => type);
    for (let times = 0; times < 2; times++) await hear(id);
    expect((await announcedBy(id)).map(({ type }) => type)).toEqual(told);
    const after = await ledger(id);
    expect(after.slice(0, -1)).toEqual(before);
    expect(after.at(-1)).toMatchObject({
      type: 'ADJUST',
      amount: -balance,
      balance: 0,
      reason: 'The customer was deleted',
      actor: { id: 'on-customer-deleted', kind: 'system', onBehalfOf: as.person },
    });
    after.forEach((one, index) => {
      const last = after[index - 1];
      expect(one.prev).toBe(last ? hashOf(last) : '');
      expect(one.balance).toBe((last?.balance ?? 0) + effectOf(one));
    });
    const first = await archived(id, msp.reader, '?limit=1');
    expect(first.body.items).toMatchObject([{ type: 'ADJUST', amount: -balance, balanceAfter: 0 }]);
    const rest = await archived(id, msp.reader, `?limit=100`);
    expect(rest.body.items).toHaveLength(after.length);
    const next = await archived(id, msp.reader, `?limit=1&cursor=${first.body.nextCursor}`);
    expect(next.body.items).toEqual([rest.body.items[1]]);
    expect((await archived(id, admin)).status).toBe(401);
    expect((await archived(id, (await makeMsp()).reader)).status).toBe(404);
  });

  it.each([
    [0, ['EXPIRE']],
    [30, ['EXPIRE', 'ADJUST']],
  ])('that ended unbooked are booked, besides %i that are left, and nobody is told', async (left, types) => {
    const { id } = await addCustomer(msp);
    const past = new Past(id);
    const expiresAt = fullHour(-3);
    past.at(hoursFromNow(-9), (ledger, by) => configure(ledger, { alertLimit: 50 }, by));
    past.at(hoursFromNow(-8), (ledger, by) => grant(ledger, { amount: 70, expiresAt }, by));
    if (left > 0) past.at(hoursFromNow(-7), (ledger, by) => grant(ledger, { amount: left }, by));
    await past.plant();
    expect((await remove(id, '?dryRun=true')).body.balance).toBe(left);
    expect((await remove(id)).status).toBe(204);
    await schedules[0]?.run(new Date().toISOString());
    const told = (await announcedBy(id)).map(({ type }) => type);
    for (let times = 0; times < 2; times++) await hear(id);
    expect((await announcedBy(id)).map(({ type }) => type)).toEqual(told);
    const added = (await ledger(id)).slice(past.entries.length);
    expect(added.map(({ type }) => type)).toEqual(types);
    expect(added.at(-1)).toMatchObject({ balance: 0 });
  });

  it('are left alone where there are none', async () => {
    const { id } = await addCustomer(msp);
    expect((await remove(id, '?dryRun=true')).body.balance).toBe(0);
    await remove(id);
    await hear(id);
    expect(await ledger(id)).toEqual([]);
    expect((await archived(id)).body.items).toEqual([]);
  });

  it('are the archive’s: of a customer that lives, or never did, none is found', async () => {
    const { id } = await having(100);
    expect((await archived(id)).status).toBe(404);
    expect((await archived(newId('customer', Date.now()))).status).toBe(404);
    const operator = await enlist(id, ['CUSTOMER_OPERATOR']);
    expect((await archived(id, operator)).status).toBe(403);
  });
});
