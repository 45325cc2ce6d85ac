import { defineConfig } from 'vitest/config';
import { bugOf } from './test/bugs/bugs.ts';
import { seeded } from './test/bugs/plugin.ts';
import { LongestFirst } from './test/kit/order.ts';

/** Files that turn what is the process's (the directory of the engine, the store's client): each has a process of its own. */
const alone = [
  'test/provisioning/samba.test.ts',
  'test/faults/*.test.ts',
  'test/isolation/crossing.test.ts',
];

/** Files about the store's client itself, alone too: they keep it as it is deployed. */
const deployed = ['test/infra/retries.test.ts', 'test/provisioning/failure.test.ts', 'test/requests/strained.test.ts'];

const all = {
  // Limits, no measures: others may use the cores.
  testTimeout: 300_000,
  hookTimeout: 300_000,
  pool: 'forks',
  maxWorkers: 4,
} as const;

/** AWS's own engine is the second opinion on what the front door does: neither the runner nor the longest runs. */
const beyond =
  process.env.ENGINE === 'aws'
    ? [
        'test/{local,infra,every}/**',
        'test/**/{invariants,model,scale,search-cost,strained,samba,expiry,many,beyond,subtree-pages}.test.ts',
      ]
    : [];

// `BUG=<name>`: with that bug of test/bugs in it, whatever is run.
const seeding = process.env.BUG ? { plugins: [seeded(bugOf(process.env.BUG))] } : {};

export default defineConfig({
  test: {
    globalSetup: ['test/kit/setup.ts'],
    // What the second engine's run has transformed need not be again; by content.
    fsModuleCache: true,
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        ...seeding,
        test: { ...all, name: 'deployed', include: deployed, exclude: beyond, setupFiles: ['test/kit/seed.ts', 'test/kit/patient.ts'] },
      },
      {
        ...seeding,
        test: {
          ...all,
          name: 'alone',
          include: alone,
          exclude: beyond,
          setupFiles: ['test/kit/seed.ts', 'test/kit/patient.ts', 'test/kit/short.ts'],
        },
      },
      {
        ...seeding,
        test: {
          ...all,
          name: 'together',
          include: ['test/**/*.test.ts'],
          exclude: [...deployed, ...alone, ...beyond],
          isolate: false,
          setupFiles: ['test/kit/seed.ts', 'test/kit/patient.ts', 'test/kit/short.ts', 'test/kit/together.ts'],
        },
      },
    ],
  },
});
