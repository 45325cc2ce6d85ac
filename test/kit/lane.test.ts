import { expect, it } from 'vitest';
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
  const all = await Promise.allSettled([
    inLane('a', work('first', 20, true)),
    inLane('a', work('second', 5)),
    inLane('b', work('other', 1)),
    inLane('a', work('third', 1)),
  ]);
  expect(all.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'fulfilled', 'fulfilled']);
  expect(seen.filter((one) => !one.startsWith('other'))).toEqual(
    ['first', 'second', 'third'].flatMap((one) => [`${one} begins`, `${one} ends`]),
  );
  expect(seen.indexOf('other ends')).toBeLessThan(seen.indexOf('first ends'));
  expect(await inLane('a', work('later', 1))).toBe('later');
});

it('who lost stands back longer each time, and never past the moment for one more try', async () => {
  const waited = async (lost: number, leftMs: number) => {
    const startedAt = performance.now();
    await Promise.all(Array.from({ length: 200 }, () => standBack(lost, { tookMs: 20, leftMs })));
    return performance.now() - startedAt;
  };
  expect(await waited(0, 6000)).toBeLessThan(100);
  expect(await waited(4, 6000)).toBeGreaterThan(200);
  expect(await waited(10, 120)).toBeLessThan(200);
});
