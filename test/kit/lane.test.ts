import { expect, it, vi } from 'vitest';
import { inLane } from '../../lib/aws/lane.ts';
import { standBack } from '../../lib/aws/world.ts';

const soon = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

it('those in one lane take turns, whatever becomes of them; another lane does not wait', async () => {
  const seen: string[] = [];
  const work =
    (name: string, ms: number, fails = false) =>
    async () => {
      seen.push(`${name} begins`);
      await soon(ms);
      seen.push(`${name} ends`);
      if (fails) throw new Error(name);
      return name;
    };
  let otherEnds = (name: string) => name;
  const other = new Promise<string>((resolve) => {
    otherEnds = (name) => {
      resolve(name);
      return name;
    };
  });
  const all = await Promise.allSettled([
    // Who stands in another lane is done before the first one here.
    inLane('a', () => other.then(work('first', 1, true))),
    inLane('a', work('second', 5)),
    inLane('b', async () => otherEnds('other')),
    inLane('a', work('third', 1)),
  ]);
  expect(all.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'fulfilled', 'fulfilled']);
  expect(seen).toEqual(['first', 'second', 'third'].flatMap((one) => [`${one} begins`, `${one} ends`]));
  expect(await inLane('a', work('later', 1))).toBe('later');
});

it('who lost stands back longer each time, and never past the moment for one more try', async () => {
  const timer = vi.spyOn(globalThis, 'setTimeout');
  const random = vi.spyOn(Math, 'random').mockReturnValue(1);
  try {
    for (const [lost, leftMs] of [
      [0, 6000],
      [1, 6000],
      [4, 6000],
      [10, 120],
    ] as const)
      await standBack(lost, { tookMs: 20, leftMs });
    random.mockReturnValue(0);
    await standBack(4, { tookMs: 20, leftMs: 6000 });
    expect(timer.mock.calls.map(([, ms]) => ms)).toEqual([20, 40, 320, 100, 0]);
  } finally {
    vi.restoreAllMocks();
  }
});
