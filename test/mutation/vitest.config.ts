import { defineConfig } from 'vitest/config';

const fewer = 25;

/** For `npm run mutate` alone: the tests of one module, with nothing started for them, and fewer cases of properties. */
export default defineConfig({
  plugins: [
    {
      name: 'fewer',
      enforce: 'pre',
      transform: (code, id) =>
        id.endsWith('.test.ts')
          ? {
              code: code.replace(/numRuns: (\d+) }/g, (_, most) => `numRuns: ${Math.min(most, fewer)} }`),
              map: null,
            }
          : undefined,
    },
  ],
  test: {
    include: (process.env.MUTATION_TESTS ?? '').split(' '),
    setupFiles: ['test/kit/seed.ts', 'test/bugs/hasty.ts'],
    fsModuleCache: false,
    isolate: false,
    testTimeout: 120_000,
  },
});
