import { beforeAll, expect, it } from 'vitest';
import { each, get } from '../../lib/aws/db.ts';
import { nodeKey, partition } from '../../lib/kit/keys.ts';
import { type Fault, listenForFaults, under } from '../kit/faults.ts';
import { plantCustomer } from '../kit/plant.ts';
import { call, type Msp, makeMsp } from '../kit/world.ts';

let msp: Msp;
let customer: { id: string };
beforeAll(async () => {
  listenForFaults();
  msp = await makeMsp();
  customer = await plantCustomer(msp.id);
});

const city = async () => (await get(nodeKey(customer.id), true))?.city;
async function receiptsOf(key: string): Promise<number> {
  let found = 0;
  for await (const { after } of each({ partition: partition(customer.id, 'AUDIT'), limit: 100 }))
    if (JSON.stringify(after ?? {}).includes(key)) found++;
  return found;
}

it.each(['crash before', 'crash after'] as const satisfies readonly Fault[])(
  'a change and its receipt stand or fall together, whichever call of the store the process ends at (%s)',
  async (how) => {
    let ends = 0;
    for (let after = 0; ; after++) {
      const name = `City ${how} ${after}`;
      const send = () =>
        call(`PATCH /v1/customers/${customer.id}`, {
          as: msp.catalog,
          body: { city: name },
          headers: { 'if-match': '*' },
        });
      const { struck } = await under({ after, how }, send);
      const changed = (await city()) === name;
      expect([after, await receiptsOf(name)]).toEqual([after, changed ? 1 : 0]);
      if (!struck) {
        expect(changed).toBe(true);
        break;
      }
      ends++;
      expect((await send()).status).toBe(200);
      expect([await city(), await receiptsOf(name)]).toEqual([name, 1]);
    }
    expect(ends).toBeGreaterThanOrEqual(2);
  },
);
