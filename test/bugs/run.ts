import { relative } from 'node:path';
import { createVitest, type TestModule } from 'vitest/node';
import type { Bug } from './bug.ts';
import { bugOf, bugs } from './bugs.ts';
import { seeded } from './plugin.ts';

/**
 * Seeds each bug, or those named on the command line, and runs the tests that are to catch it: they must fail by what
 * they assert. Each bug is a project of its own in one vitest, over one engine. Exit code 1 where one is not caught.
 */
const names = process.argv.slice(2);
const chosen = names.length > 0 ? names.map(bugOf) : bugs;
const startedAt = performance.now();
const vitest = await createVitest('test', {
  config: false,
  watch: false,
  reporters: [{}],
  globalSetup: ['test/kit/setup.ts'],
  maxWorkers: 2,
  projects: chosen.map((bug) => ({
    plugins: [seeded(bug)],
    test: {
      name: bug.name,
      include: [bug.caughtBy.file],
      pool: 'forks',
      testTimeout: 60_000,
      setupFiles: [
        ...['seed', 'patient', 'short', 'together'].map((one) => `test/kit/${one}.ts`),
        'test/bugs/hasty.ts',
      ],
    },
  })),
});
const { testModules, unhandledErrors } = await vitest.runTestSpecifications(
  chosen.flatMap(({ name, caughtBy }) => {
    const project = vitest.projects.find((one) => one.name === name);
    return project ? [project.createSpecification(caughtBy.file, { testNamePattern: caughtBy.test })] : [];
  }),
);
const caught = chosen.filter((bug) =>
  tell(
    bug,
    testModules.find(({ project }) => project.name === bug.name),
  ),
);
await vitest.close();
for (const error of unhandledErrors) console.error(error);
const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
console.log(`\nbugs: caught ${caught.length} of ${chosen.length} in ${seconds} s`);
process.exit(caught.length === chosen.length && unhandledErrors.length === 0 ? 0 : 1);

function tell({ name, caughtBy }: Bug, module: TestModule | undefined): boolean {
  const tests = [...(module?.children.allTests() ?? [])].map((test) => ({ test, result: test.result() }));
  const ran = tests.filter(({ result }) => result.state === 'passed' || result.state === 'failed');
  const by = ran.find(({ result }) => result.errors?.some(isAsserted));
  const ms = ran.reduce((sum, { test }) => sum + (test.diagnostic()?.duration ?? 0), 0);
  const errors = [...(module?.errors() ?? []), ...ran.flatMap(({ result }) => result.errors ?? [])];
  const why = by
    ? `${relative('.', caughtBy.file)}: ${by.test.name}`
    : `NOT CAUGHT: ${errors[0] ? `${errors[0].name}: ${errors[0].message}` : `${ran.length} tests passed`}`;
  console.log(
    `${by ? 'caught' : 'MISSED'}  ${name.padEnd(34)} ${(ms / 1000).toFixed(1).padStart(5)} s  ${why}`,
  );
  return by !== undefined;
}

type Failure = { readonly name?: string; readonly message: string; readonly cause?: unknown };

/** A test failed by what it says, or by a property that does not hold: not because something did not load or run. */
function isAsserted({ name, message, cause }: Failure): boolean {
  if (name === 'AssertionError') return true;
  const deeper = /^Property failed/.test(message) ? (cause as Failure | undefined) : undefined;
  return deeper !== undefined && isAsserted(deeper);
}
