import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { violations } from '../../infra/fsck/examine.ts';
import { everything } from '../../lib/aws/scan.ts';
import { presets } from '../../lib/users/role.ts';
import { ownTable } from '../kit/own-table.ts';
import { addCustomer, call, ensureMspMode, makeMsp } from '../kit/world.ts';
import { define } from '../services/desk.ts';
import { part } from '../users/people.ts';
import { arrive, begin, type Model, type Real, steps, tally } from './model.ts';

const seed = Number(process.env.SEED ?? 2026);
const runs = Number(process.env.RUNS ?? 5);
ownTable();
beforeAll(async () => {
  process.stdout.write(`      seed ${seed}: SEED=${seed} repeats it\n`);
});

/** What must have happened at least once, whatever the seed. */
const steppedBy = ['create ', 'make a reseller ', 'PUT offer ', 'PUT service ', 'add a user ', 'move '];

let tried = 0;
const told = async () =>
  (await violations(await everything()))
    // Sums follow by events, and few are handed on here.
    .filter(({ invariant }) => invariant !== 'sums')
    .map(({ invariant, where, what }) => `${invariant}: ${where}: ${what}`);

/** What a node lets its people do is part of what its parent lets its own do, and just that can be given to a user. */
async function rolesNarrow(model: Model, { msp }: Real): Promise<void> {
  const usable = new Map<string, string[]>();
  for (const id of model.nodes.keys()) {
    const { body } = await call(`GET /v1/customers/${id}/effective-settings`, { as: msp.reader });
    usable.set(id, body.roles);
  }
  for (const [id, roles] of usable) {
    const above = usable.get(model.parents.get(id) ?? '');
    if (above) for (const role of roles) expect(above).toContain(role);
  }
  for (const [id, { users, domain }] of model.nodes) {
    tried++;
    const role = presets[tried % presets.length] ?? 'CUSTOMER_ADMINISTRATOR';
    if (users.size === 0) continue;
    const body = { firstName: 'Bo', lastName: 'Lee', upn: `${part()}@${domain}`, role: { preset: role } };
    const given = await call(`POST /v1/customers/${id}/users`, { as: msp.catalog, body });
    if (given.body.code === 'users.limit_reached') continue;
    const may = usable.get(id)?.includes(role) ? 'given' : 'users.role_not_usable';
    expect(given.status === 201 ? 'given' : given.body.code, `${role} at ${id}`).toBe(may);
  }
}

/** A provider of its own for each run. */
async function grown(): Promise<{ model: Model; real: Real }> {
  const msp = await makeMsp();
  await ensureMspMode(msp);
  await addCustomer(msp);
  const services: string[] = [];
  for (let n = 0; n < 3; n++) services.push((await define(msp.catalog)).body.id);
  const model: Model = { nodes: new Map(), parents: new Map(), moved: new Set(), moving: false };
  await begin(model, { msp, services });
  return { model, real: { msp, services } };
}

describe('any tree', () => {
  it(
    'does what a model says, and keeps the invariants after any steps',
    async () => {
      await fc.assert(
        fc.asyncProperty(fc.commands(steps, { maxCommands: 60, size: 'max' }), async (commands) => {
          const { model, real } = await grown();
          await fc.asyncModelRun(() => ({ model, real }), commands);
          expect(await told()).toEqual([]);
          await rolesNarrow(model, real);
          await arrive(model);
          expect(await told()).toEqual([]);
          await rolesNarrow(model, real);
        }),
        {
          numRuns: runs,
          endOnFailure: true,
        },
      );
      process.stdout.write(`      ${tally().join(', ')}\n`);
      for (const step of steppedBy) expect(tally().join()).toContain(step);
    },
    60_000 * runs,
  );

  it(
    'keeps the invariants when up to four steps come at once',
    async () => {
      const round = fc.array(fc.oneof(...steps), { minLength: 1, maxLength: 4 });
      await fc.assert(
        fc.asyncProperty(fc.array(round, { minLength: 5, maxLength: 20, size: 'max' }), async (rounds) => {
          const { model, real } = await grown();
          for (const some of rounds) await Promise.allSettled(some.map((one) => one.run(model, real)));
          expect(await told()).toEqual([]);
          await arrive(model);
          expect(await told()).toEqual([]);
        }),
        {
          numRuns: runs,
          endOnFailure: true,
        },
      );
    },
    60_000 * runs,
  );
});
