import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { call, type Msp, makeMsp } from '../kit/world.ts';
import { type Desk, managedItems, openDesk, poolBreaches, setPool } from './desk.ts';
import { type Moment, percents, replay } from './replay.ts';

describe('any sequence of commands over the engine', () => {
  let msp: Msp;
  beforeAll(async () => {
    msp = await makeMsp();
  });

  const command = fc.oneof(
    {
      weight: 3,
      arbitrary: fc.record({
        do: fc.constant('add' as const),
        at: fc.nat(1),
        by: fc.integer({ min: 1, max: 9 }),
      }),
    },
    {
      weight: 3,
      arbitrary: fc.record({
        do: fc.constant('unmanage' as const),
        at: fc.nat(1),
        by: fc.integer({ min: 1, max: 9 }),
      }),
    },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('share' as const), at: fc.nat(1) }) },
    {
      weight: 3,
      arbitrary: fc.record({
        do: fc.constant('allot' as const),
        at: fc.nat(1),
        limit: fc.option(fc.nat(25), { nil: null }),
        enforcement: fc.constantFrom('HARD', 'SOFT'),
        force: fc.boolean(),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({ do: fc.constant('pool' as const), at: fc.nat(1), licensed: fc.nat(60) }),
    },
    {
      weight: 1,
      arbitrary: fc.record({ do: fc.constant('thresholds' as const), at: fc.nat(1), thresholds: percents }),
    },
  );
  type Command = typeof command extends fc.Arbitrary<infer T> ? T : never;

  async function obey(desks: readonly Desk[], one: Command): Promise<void> {
    const desk = desks[one.at] as Desk;
    if (one.do === 'add') await desk.add(one.by);
    if (one.do === 'unmanage') {
      const ids = (await managedItems(desk.id, 'DEVICE')).slice(0, one.by);
      if (ids.length > 0) await desk.unmanage(ids);
    }
    if (one.do === 'share') await desk.allocate({ model: 'SHARED' });
    if (one.do === 'pool') await setPool(msp, 'DEVICE', one.licensed);
    if (one.do === 'thresholds') await desk.settings({ thresholds: one.thresholds });
    if (one.do === 'allot') {
      const { limit, enforcement, force } = one;
      await desk.allocate(
        { model: 'ALLOCATED', allocations: { DEVICE: { limit, enforcement } } },
        `?force=${force}`,
      );
    }
  }

  async function momentOf(desk: Desk): Promise<Moment> {
    const [licences, settings] = await Promise.all([
      call(`GET ${desk.path('/licences')}`, { as: msp.reader }),
      call(`GET ${desk.path('/notification-settings')}`, { as: msp.reader }),
    ]);
    const { used, allocated, enforcement } = licences.body.resources[0];
    expect(used).toBe((await managedItems(desk.id, 'DEVICE')).length);
    if (enforcement === 'HARD' && allocated !== null) expect(used).toBeLessThanOrEqual(allocated);
    const { thresholds } = settings.body.effective as { thresholds: number[] };
    const reachable = [...new Set([...thresholds, 100])].filter(
      (one) => one <= 100 || enforcement === 'SOFT',
    );
    return { used, limit: allocated, thresholds: reachable };
  }

  it('keeps the pool rule, and every alert is a crossing of the replayed history', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(command, { minLength: 5, maxLength: 15 }), async (commands) => {
        const desks = await Promise.all([openDesk(msp), openDesk(msp)]);
        const everyone = desks.map(({ id }) => id);
        await setPool(msp, 'DEVICE', 40);
        const histories: Moment[][] = desks.map(() => []);
        for (const one of commands) {
          await obey(desks, one);
          const [desk, history] = [desks[one.at], histories[one.at]];
          if (desk && history) history.push(await momentOf(desk));
          expect(await poolBreaches(msp.id, everyone)).toEqual([]);
        }
        for (const [at, desk] of desks.entries())
          expect(await desk.notices()).toEqual(replay(histories[at] ?? [], 5));
        for (const desk of desks) await desk.allocate({ model: 'ALLOCATED' }, '?force=true');
      }),
      { numRuns: 6 },
    );
  });
});
