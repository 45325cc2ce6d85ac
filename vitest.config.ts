import { defineConfig } from 'vitest/config';
import { LongestFirst } from './test/kit/order.ts';

/** Files that point their process elsewhere (another table, endpoint or directory): each has a process of its own. */
const alone = [
  'test/customers/invariants.test.ts',
  'test/every/{cost,privacy}.test.ts',
  'test/infra/{fsck,fsck-catalogue,retries}.test.ts',
  'test/provisioning/{samba,places}.test.ts',
  'test/requests/strained.test.ts',
];

const all = {
  testTimeout: 60_000,
  hookTimeout: 120_000,
  pool: 'forks',
  maxWorkers: 2,
} as const;

export default defineConfig({
  test: {
    globalSetup: ['test/kit/setup.ts'],
    sequence: { sequencer: LongestFirst },
    projects: [
      { test: { ...all, name: 'alone', include: alone } },
      {
        test: {
          ...all,
          name: 'together',
          include: ['test/**/*.test.ts'],
          exclude: alone,
          isolate: false,
          setupFiles: ['test/kit/together.ts'],
        },
      },
    ],
  },
});
