import { DynamoDBClient, paginateScan } from '@aws-sdk/client-dynamodb';
import { beforeAll, expect, it } from 'vitest';
import { contexts } from '../../functions/contexts.ts';
import { fromAttributes } from '../../lib/aws/item.ts';
import { plantCreditSystem } from '../kit/plant.ts';
import { createTable } from '../kit/table.ts';
import { addCustomer, call, makeMsp } from '../kit/world.ts';
import { routeOf, type Stage, scenarios } from './scenarios.ts';

const table = 'privacy';
const reads = new Set(
  contexts.flatMap(({ routes }) => routes.filter(({ method }) => method === 'GET').map(({ id }) => id)),
);

let stage: Stage;
beforeAll(async () => {
  process.env.TABLE_NAME = table;
  await createTable(new DynamoDBClient({}), table);
  const msp = await makeMsp();
  stage = { msp, customer: await addCustomer(msp) };
  await plantCreditSystem(msp.id);
});

it('nobody’s address or telephone stands in what is kept for good, or in a key', async () => {
  for (const [name, scenario] of Object.entries(scenarios)) {
    if (reads.has(routeOf(name))) continue;
    const { line, ...sent } = await scenario(stage);
    expect((await call(line, sent)).status, name).toBeLessThan(300);
  }
  await addCustomer(stage.msp, { phone: '+43 1 5550000', contactName: 'Con Tact', address: 'Ring 1' });
  const found: string[] = [];
  let receipts = 0;
  for await (const { Items = [] } of paginateScan({ client: new DynamoDBClient({}) }, { TableName: table })) {
    for (const raw of Items) {
      const { PK, SK, G1, S1, ...item } = fromAttributes(raw);
      if (String(PK).endsWith('#AUDIT')) receipts++;
      const kept = /#(AUDIT|ENTRY)$/.test(String(PK)) ? JSON.stringify(item) : '';
      const place = /#USER$/.test(String(PK)) ? '' : S1;
      const text = [PK, SK, G1, place, item.G2, item.S2, kept].join(' ');
      if (/[^\s"]@[^\s"]+\.|5550000|Con Tact|Ring 1/i.test(text)) found.push(text);
    }
  }
  expect(found).toEqual([]);
  expect(receipts).toBeGreaterThan(50);
}, 240_000);
