import fc from 'fast-check';
import { it } from 'vitest';
import { print } from '../kit/stack.ts';
import { command, opening } from './commands.ts';
import { Walk } from './walk.ts';

it('whatever is published, given, arranged, ordered and ended: entitlement and balance agree with the reference', async () => {
  const counts: Record<string, number> = {};
  await fc.assert(
    fc.asyncProperty(fc.array(command, { minLength: 80, maxLength: 80 }), async (commands) => {
      const walk = await Walk.begin();
      for (const [index, one] of [...opening, ...commands].entries()) {
        await walk.play(one);
        if (index % 24 === 23) await walk.compareCatalogues();
      }
      await walk.compareCatalogues();
      await walk.compareBooks();
      for (const [what, count] of Object.entries(walk.counts)) counts[what] = (counts[what] ?? 0) + count;
    }),
    { numRuns: 4, endOnFailure: true },
  );
  print(
    Object.entries(counts)
      .map(([what, count]) => `${what} ${count}`)
      .join(', '),
  );
});
