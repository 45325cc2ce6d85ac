import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Stored, violations } from '../../infra/invariants.ts';
import { everything } from '../../lib/aws/scan.ts';
import { announcedBy, react } from '../kit/deliver.ts';
import { any, quick } from '../kit/forest.ts';
import { createTable } from '../kit/table.ts';
import { addCustomer, call, ensureMspMode, type Msp, makeMsp } from '../kit/world.ts';

let msp: Msp;
beforeAll(async () => {
  process.env.TABLE_NAME = 'forest';
  await createTable(new DynamoDBClient({}), 'forest');
  msp = await makeMsp();
  await ensureMspMode(msp);
  await addCustomer(msp);
});

const verbs = [
  'create',
  'create',
  'sell',
  'sell',
  'unsell',
  'delete',
  'move',
  'arrive',
  'disable',
  'enable',
] as const;
const step = fc.record({ verb: fc.constantFrom(...verbs), who: fc.nat(30), to: fc.nat(30) });
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

async function take({ verb, who, to }: Step, ids: string[]): Promise<void> {
  const [id = msp.id, other = msp.id] = [ids[who % ids.length], ids[to % ids.length]];
  const send = (line: string, body?: unknown) => call(line, { as: msp.catalog, body, headers: any });
  const path = `/v1/customers/${id}`;
  if (verb === 'create') {
    const added = await send('POST /v1/customers', quick({ parentId: other }));
    if (added.status === 201) ids.push(added.body.id);
  } else if (id === msp.id) return;
  else if (verb === 'sell') await send(`PUT ${path}/reseller-service`);
  else if (verb === 'unsell') await send(`DELETE ${path}/reseller-service`);
  else if (verb === 'delete') await send(`DELETE ${path}`);
  else if (verb === 'move') await send(`POST ${path}/move`, { parentId: other });
  else if (verb === 'arrive') await arrive(ids);
  else await send(`POST ${path}/${verb}`);
}

async function arrive(ids: readonly string[]): Promise<void> {
  const events = await announcedBy(...ids);
  for (const one of events.filter(({ type }) => type === 'customers.move_requested.v1')) await react(one);
}

describe('any tree', () => {
  it('keeps the invariants after any commands, some of them at once', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(step, { minLength: 1, maxLength: 3 }), { minLength: 5, maxLength: 20 }),
        async (rounds) => {
          const ids = [msp.id];
          for (const round of rounds) await Promise.all(round.map((one) => take(one, ids)));
          expect(violations(await everything())).toEqual([]);
          await arrive(ids);
          expect(violations(await everything())).toEqual([]);
        },
      ),
      { numRuns: 8 },
    );
  }, 120_000);
});

describe('the check of a whole table', () => {
  it('names what is broken', async () => {
    const reseller = (await call('POST /v1/customers', { as: msp.catalog, body: quick() })).body.id;
    await call(`PUT /v1/customers/${reseller}/reseller-service`, { as: msp.catalog, headers: any });
    const child = (await call('POST /v1/customers', { as: msp.catalog, body: quick({ parentId: reseller }) }))
      .body.id;
    const items = await everything();
    const broken = (change: (item: Stored) => Stored | Stored[]) =>
      violations(items.flatMap((item) => change(item) as Stored[])).map(
        ({ invariant, where }) => `${invariant} ${where}`,
      );
    const edit = (id: string, more: Stored) => (item: Stored) =>
      item.kind === 'node' && item.id === id ? { ...item, ...more } : item;
    expect(broken((item) => item)).toEqual([]);
    expect(broken(edit(child, { path: `${msp.id}/${child}` }))).toContain(`tree ${child}`);
    expect(broken(edit(child, { S1: 'elsewhere' }))).toContain(`tree ${child}`);
    expect(broken(edit(reseller, { type: 'CUSTOMER' }))).toEqual(
      expect.arrayContaining([`tree ${child}`, `counts ${reseller}`]),
    );
    expect(broken((item) => (item.kind === 'member' ? [] : item)).join()).toContain('administrators cus_');
    expect(broken((item) => (item.id === child && item.kind === 'node' ? [] : item))).toEqual(
      expect.arrayContaining([`counts ${reseller}`, `counts ${msp.id}`]),
    );
    const held = { PK: `T#${child}#INSTANCE`, SK: '#svc_1', version: 1 };
    expect(broken((item) => (item.id === child && item.kind === 'node' ? [item, held] : item))).toEqual([
      `narrowing ${child}`,
    ]);
    const stray = { PK: `T#cus_${'7'.repeat(26)}`, SK: '#' };
    expect(broken((item) => (item.id === child && item.kind === 'node' ? [item, stray] : item))).toEqual([
      `tenancy ${stray.PK} #`,
    ]);
  });
});
