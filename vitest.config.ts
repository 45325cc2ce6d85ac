import { defineConfig } from 'vitest/config';
import { LongestFirst } from './test/kit/order.ts';

/** Files that turn what is the process's (table, endpoint, directory, the store's client): each has a process of its own. */
const alone = [
  'test/credits/concurrency.test.ts',
  'test/access/{removal,same-instant}.test.ts',
  'test/customers/{invariants,link,names}.test.ts',
  'test/every/{cost,privacy}.test.ts',
  'test/infra/{fsck,fsck-access,fsck-catalogue,fsck-console,fsck-imports}.test.ts',
  'test/isolation/crossing.test.ts',
  'test/licensing/compliance.test.ts',
  'test/probes/agent-secret.test.ts',
  'test/probes/{outage,probes,wheel}.test.ts',
  'test/provisioning/{samba,places}.test.ts',
];

/** Files about the store's client itself, alone too: they keep it as it is deployed. */
const deployed = ['test/infra/retries.test.ts', 'test/provisioning/failure.test.ts', 'test/requests/strained.test.ts'];

const all = {
  testTimeout: 60_000,
  // A limit, no measure: others may use the cores.
  hookTimeout: 300_000,
  pool: 'forks',
  maxWorkers: 4,
} as const;

/** AWS's own engine is the second opinion on what the front door does: neither the runner nor the longest runs. */
const beyond =
  process.env.ENGINE === 'aws'
    ? [
        'test/{local,infra,every}/**',
        'test/**/{invariants,model,scale,search-cost,strained,samba,places,expiry,many,beyond,subtree-pages}.test.ts',
      ]
    : [];

export default defineConfig({
  test: {
    globalSetup: ['test/kit/setup.ts'],
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        test: { ...all, name: 'deployed', include: deployed, exclude: beyond, setupFiles: ['test/kit/seed.ts', 'test/kit/patient.ts'] },
      },
      {
        test: {
          ...all,
          name: 'alone',
          include: alone,
          exclude: beyond,
          setupFiles: ['test/kit/seed.ts', 'test/kit/patient.ts', 'test/kit/short.ts'],
        },
      },
      {
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
