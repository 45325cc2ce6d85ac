import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { violations } from '../../infra/fsck/examine.ts';
import { everything } from '../../lib/aws/scan.ts';
import { createTable } from '../kit/table.ts';
import { addCustomer, call, ensureMspMode, type Msp, makeMsp } from '../kit/world.ts';
import { define } from '../services/desk.ts';
import { arrive, type Model, number, prelude, type Real, steps, tally } from './model.ts';

const seed = Number(process.env.SEED ?? Date.now() % 2 ** 31);
let msp: Msp;
let services: string[];
beforeAll(async () => {
  process.env.TABLE_NAME = 'forest';
  await createTable(new DynamoDBClient({}), 'forest');
  msp = await makeMsp();
  await ensureMspMode(msp);
  await addCustomer(msp);
  services = [];
  for (let n = 0; n < 3; n++) services.push((await define(msp.catalog)).body.id);
  number(services);
  process.stdout.write(`      seed ${seed}: SEED=${seed} repeats it\n`);
});

/** What must have happened at least once, whatever the seed. */
const steppedBy = ['create ', 'make a reseller ', 'PUT offer ', 'PUT service ', 'add a user '];

const told = async () =>
  (await violations(await everything())).map(
    ({ invariant, where, what }) => `${invariant}: ${where}: ${what}`,
  );

/** What a node lets its people do is part of what its parent lets its own do: by the API, not by what is stored. */
async function rolesNarrow(model: Model): Promise<void> {
  const usable = new Map<string, string[]>();
  for (const id of model.nodes.keys()) {
    const { body } = await call(`GET /v1/customers/${id}/effective-settings`, { as: msp.reader });
    usable.set(id, body.roles);
  }
  for (const [id, roles] of usable) {
    const above = usable.get(model.parents.get(id) ?? '');
    if (above) for (const role of roles) expect(above).toContain(role);
  }
}

const grown = (): { model: Model; real: Real } => ({
  model: { nodes: new Map(), parents: new Map(), moving: false },
  real: { msp, services },
});

describe('any tree', () => {
  it('does what a model says, and keeps the invariants after any steps', async () => {
    await fc.assert(
      fc.asyncProperty(fc.commands(steps, { maxCommands: 60, size: 'max' }), async (commands) => {
        const { model, real } = grown();
        for (const one of prelude) await one.run(model, real);
        await fc.asyncModelRun(() => ({ model, real }), commands);
        expect(await told()).toEqual([]);
        await rolesNarrow(model);
        await arrive(model);
        expect(await told()).toEqual([]);
        await rolesNarrow(model);
      }),
      {
        numRuns: 20,
        seed,
        interruptAfterTimeLimit: 12_000,
        markInterruptAsFailure: false,
        endOnFailure: true,
      },
    );
    process.stdout.write(`      ${tally().join(', ')}\n`);
    for (const step of steppedBy) expect(tally().join()).toContain(step);
  }, 60_000);

  it('keeps the invariants when up to four steps come at once', async () => {
    const round = fc.array(fc.oneof(...steps), { minLength: 1, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(fc.array(round, { minLength: 5, maxLength: 20, size: 'max' }), async (rounds) => {
        const { model, real } = grown();
        for (const one of prelude) await one.run(model, real);
        for (const some of rounds) await Promise.allSettled(some.map((one) => one.run(model, real)));
        expect(await told()).toEqual([]);
        await arrive(model);
        expect(await told()).toEqual([]);
      }),
      {
        numRuns: 12,
        seed,
        interruptAfterTimeLimit: 6_000,
        markInterruptAsFailure: false,
        endOnFailure: true,
      },
    );
  }, 60_000);
});
