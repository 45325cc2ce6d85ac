import { afterAll, beforeAll, expect, it } from 'vitest';
import { each } from '../../lib/aws/db.ts';
import { newId } from '../../lib/aws/world.ts';
import { type Entry, effectOf, hashOf, toEntry } from '../../lib/credits/entry.ts';
import { partition } from '../../lib/kit/keys.ts';
import { hearOf, listenToAll } from '../kit/heard.ts';
import { plantCreditSystem, plantCustomer } from '../kit/plant.ts';
import { call, type Msp, makeMsp } from '../kit/world.ts';
import { fullHour } from './past.ts';

let msp: Msp;
const sent = { written: 0, lost: 0 };

beforeAll(async () => {
  listenToAll();
  msp = await makeMsp();
  await plantCreditSystem(msp.id);
});
afterAll(() => hearOf(undefined));

it('200 debits at once of one balance with lots: exact, never a 5xx, one unit each and one per lost race', async () => {
  const { id } = await plantCustomer(msp.id);
  const path = `/v1/customers/${id}/credits`;
  for (const expiresAt of [fullHour(5), fullHour(9), undefined])
    await call(`POST ${path}/grants`, { as: msp.catalog, body: { amount: 30, expiresAt } });
  hearOf((command, done) => {
    if (command === 'PutItem') sent[done ? 'written' : 'lost']++;
  });
  const keys = Array.from({ length: 200 }, () => newId('request', Date.now()));
  const left = new Set(keys);
  const send = async (some: readonly string[]) => {
    const answers = await Promise.all(
      some.map(async (requestId) => {
        const body = { amount: 1, requestId, serviceId: 'laptop' };
        return { requestId, ...(await call(`POST ${path}/debits`, { as: msp.catalog, body })) };
      }),
    );
    for (const { requestId, status, body, headers } of answers) {
      if (status === 201) left.delete(requestId);
      else expect([body.code, headers['retry-after']]).toEqual(['request.contended', '1']);
    }
  };
  await send(keys);
  const first = 200 - left.size;
  // Clients heed Retry-After and send again under their own keys, a few at a time.
  for (let wave = 0; left.size > 0 && wave < 100; wave++) await send([...left].slice(0, 8));
  hearOf(undefined);
  const chain: Entry[] = [];
  const entries = { partition: partition(id, 'ENTRY'), limit: 500, consistent: true };
  for await (const item of each(entries)) chain.push(toEntry(item));
  let sum = 0;
  chain.forEach((one, index) => {
    sum += effectOf(one);
    expect(one.balance).toBe(sum);
    expect(one.prev).toBe(index === 0 ? '' : hashOf(chain[index - 1] as Entry));
  });
  expect(chain.flatMap(({ requestId }) => requestId ?? []).sort()).toEqual([...keys].sort());
  expect(sum).toBe(90 - 200);
  expect(sent.written).toBe(200);
  const perDebit = (sent.written + sent.lost) / 200;
  process.stdout.write(
    `200 debits at once: ${first} done within six seconds, all after trying again; 1 WCU written and ${perDebit.toFixed(1)} WCU with lost races per debit\n`,
  );
});
