import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { beforeAll, expect, it } from 'vitest';
import { newId } from '../../lib/aws/world.ts';
import { platformId } from '../../lib/kit/id.ts';
import { plant } from '../every/planting.ts';
import { plantCreditSystem } from '../kit/plant.ts';
import { print } from '../kit/stack.ts';
import { createTable } from '../kit/table.ts';
import { call, type Msp, makeMsp } from '../kit/world.ts';
import { diceOf } from './dice.ts';
import { customerNode, walk } from './family.ts';

interface View {
  readonly entryId: string;
  readonly at: string;
  readonly balanceBefore: number;
  readonly balanceAfter: number;
}
const length = 120;
let msp: Msp;
let path: string;

beforeAll(async () => {
  process.env.TABLE_NAME = 'balances';
  await createTable(new DynamoDBClient({}), 'balances');
  msp = await makeMsp();
  await plantCreditSystem(msp.id);
  const id = newId('customer', Date.now());
  path = `/v1/customers/${id}/credits`;
  const entries = walk([platformId, msp.id, id], diceOf(2026), length);
  await plant([customerNode(msp.id, id), ...entries]);
});

/** All entries, a page at a time. */
async function inPages(limit: number): Promise<View[]> {
  const out: View[] = [];
  let cursor: string | null = '';
  while (cursor !== null) {
    const rest = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    const { body } = await call(`GET ${path}/entries?limit=${limit}${rest}`, { as: msp.reader });
    out.push(...body.items);
    cursor = body.nextCursor;
  }
  return out;
}

const moved = (some: readonly View[]) =>
  some.reduce((sum, { balanceBefore, balanceAfter }) => sum + balanceAfter - balanceBefore, 0);

it('a balance is the same in one pass, in chunks of any size, and as a snapshot with what came after', async () => {
  const { body } = await call(`GET ${path}`, { as: msp.reader });
  const whole = await inPages(100);
  expect(whole).toHaveLength(length + 2);
  expect(moved(whole)).toBe(body.balance);
  for (const limit of [1, 7, 25]) expect(await inPages(limit)).toEqual(whole);
  for (const nth of [0, 1, 40, whole.length - 1]) {
    const { at = '' } = whole[nth] ?? {};
    const then = await call(`GET ${path}?at=${at}`, { as: msp.reader });
    const after = whole.filter((one) => one.at > at);
    expect(then.body.balance + moved(after)).toBe(body.balance);
  }
  const csv = await call(`GET ${path}/entries.csv`, { as: msp.reader });
  expect(String(csv.body).trim().split('\n')).toHaveLength(whole.length + 1);
  print(
    `balances: ${whole.length} entries in one pass, in chunks of 1, 7 and 25, and from 4 snapshots: the same`,
  );
});
