import { afterEach, beforeAll, expect, it, vi } from 'vitest';
import { tagsNow, within } from '../../lib/aws/tenant-session.ts';
import { atNodeBelow, reaching, reachOfPlan } from '../../lib/aws/vouch.ts';
import { reachingBy, reachingFormer, reachingListed } from '../../lib/aws/vouch-rows.ts';
import { newId } from '../../lib/aws/world.ts';
import { platformId } from '../../lib/kit/id.ts';
import { nodeKey } from '../../lib/kit/keys.ts';
import type { Plan } from '../../lib/kit/plan.ts';
import { type Reach, reachAt } from '../../lib/kit/reach.ts';
import { plantReseller } from '../kit/forest.ts';
import { addCustomer, call, type Msp, makeMsp } from '../kit/world.ts';

const id = () => newId('customer', Date.now());
const [home, mine, strange] = [id(), id(), id()];
const at = <T>(reach: Reach, work: () => Promise<T>) => within(Promise.resolve(reach), work);
const from = <T>(work: () => Promise<T>) => at(reachAt([platformId, home]), work);
const nothing = { type: { status: 404 } };
const reached = async () => Object.values((await tagsNow()) ?? {});
let msp: Msp;

beforeAll(async () => {
  msp = await makeMsp();
});
afterEach(() => void vi.useRealTimers());

it('rows vouch for whom they name where an id belongs, out of a partition of the caller’s own alone', async () => {
  const { PK } = nodeKey(home);
  expect(await from(() => reachingListed([{ PK, customerId: mine }], reached))).toContain(mine);
  for (const row of [{ PK: nodeKey(strange).PK, customerId: mine }])
    await expect(from(() => reachingListed([row], reached))).rejects.toMatchObject(nothing);
  expect(await from(() => reachingBy({ PK, partnerId: mine }, [mine], reached))).toContain(mine);
  for (const row of [
    { PK, name: mine },
    { PK, partnerId: `${mine} ` },
    { PK: nodeKey(strange).PK, partnerId: mine },
  ])
    await expect(from(() => reachingBy(row, [mine], reached))).rejects.toMatchObject(nothing);
});

it('a former partner is whom a row of the caller’s own names', async () => {
  const profile = { id: mine, path: `${platformId}/prv/${mine}` };
  const row = { PK: nodeKey(home).PK, partnerId: mine };
  expect(await from(() => reachingFormer([row], [profile], reached))).toContain(mine);
  for (const other of [
    { ...row, partnerId: strange },
    { ...row, PK: nodeKey(strange).PK },
  ])
    await expect(from(() => reachingFormer([other], [profile], reached))).rejects.toMatchObject(nothing);
});

it('a plan reaches the nodes that it makes below the caller, and no others', () => {
  const made = (path: readonly string[]): Plan['writes'][number] => ({
    ...{ do: 'create' as const },
    item: { ...nodeKey(path.at(-1) ?? ''), kind: 'node', path: path.join('/') },
  });
  const plan = { writes: [made([platformId, home, mine]), made([platformId, strange])] } as unknown as Plan;
  expect(reachOfPlan(reachAt([platformId, home]), plan).others).toEqual([mine]);
});

it('a node that does not stand below the caller is none', async () => {
  const { id: other } = await addCustomer(await makeMsp());
  const own = await addCustomer(msp);
  const look = (one: string) =>
    at(reachAt([platformId, msp.id]), () =>
      atNodeBelow(one, async (node) => [node?.id, await reached()] as const),
    );
  expect((await look(own.id))[0]).toBe(own.id);
  const [found, tags] = await look(other);
  expect(found).toBeUndefined();
  expect(tags).not.toContain(other);
});

it('who has left is vouched for no more a minute after it was seen', async () => {
  const [left, right] = [await plantReseller(msp), await plantReseller(msp)];
  const leaf = await plantReseller(msp, left.id);
  const seen = () => at(reachAt([platformId, msp.id, left.id]), () => reaching([leaf.id], reached));
  expect(await seen()).toContain(leaf.id);
  const move = `POST /v1/customers/${leaf.id}/move`;
  expect((await call(move, { as: msp.catalog, body: { parentId: right.id } })).status).toBe(202);
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 61_000 });
  await expect(seen()).rejects.toMatchObject(nothing);
});
