import { beforeAll, expect, it } from 'vitest';
import { listen, measure } from '../kit/cost.ts';
import { type Caller, call, makeMsp } from '../kit/world.ts';
import { edit, publish, step } from './desk.ts';

beforeAll(() => listen());

const file = async (as: Caller) => {
  const { result, cost } = await measure(() => call('GET /v1/catalogue.ndjson', { as }));
  const rows = String(result.body).trim().split('\n');
  return { rows: rows.map((line) => JSON.parse(line)), cost };
};

it('a file of the catalogue costs what its items cost, however many revisions came before', async () => {
  const { catalog, reader } = await makeMsp();
  const long = 'words '.repeat(600);
  const made = [await publish(catalog, { description: long }), await publish(catalog, { description: long })];
  const before = await file(reader);
  expect(before.rows.map(({ id }) => id)).toEqual(made.map(({ body }) => body.id).sort());
  for (const item of made)
    for (let time = 1; time <= 6; time++) {
      await edit(catalog, item, { summary: `The summary of change ${time}` });
      await step(catalog, item, 'publish');
    }
  await edit(catalog, made[0] as never, { summary: 'A newer draft' });
  const after = await file(reader);
  expect(after.rows.map(({ summary }) => summary).sort()).toEqual([
    'A newer draft',
    'The summary of change 6',
  ]);
  expect(after.cost.read).toBeLessThanOrEqual(before.cost.read);
});
