import { globSync } from 'node:fs';
import { Stryker } from '@stryker-mutator/core';
import { least, type Module, modules } from './modules.ts';

/**
 * Mutates the modules named on the command line, or all, and prints for each its score and the mutants that no test
 * noticed. Exit code 1 where one is below the least score. `CONCURRENCY` workers, 2 where it is not said.
 */
const names = process.argv.slice(2);
const unknown = names.filter((name) => !modules.some((one) => one.name === name));
if (unknown.length > 0) throw new Error(`No such module: ${unknown.join(', ')}`);
let low = 0;
for (const module of modules.filter(({ name }) => names.length === 0 || names.includes(name)))
  if ((await mutate(module)) < least) low++;
process.exit(low > 0 ? 1 : 0);

async function mutate({ name, files, tests }: Module): Promise<number> {
  process.env.MUTATION_TESTS = globSync([...tests]).join(' ');
  const startedAt = performance.now();
  const results = await new Stryker({
    mutate: [...files],
    testRunner: 'vitest',
    vitest: { configFile: 'test/mutation/vitest.config.ts', related: false },
    plugins: ['@stryker-mutator/vitest-runner'],
    ignorePatterns: ['/*', '!/lib', '!/functions', '!/test', '!/package.json'],
    // TypeScript 7 has nothing of what Stryker would rewrite one with; nothing here needs it.
    tsconfigFile: 'none.json',
    coverageAnalysis: 'perTest',
    // What is made once as a module is loaded are tables and schemas: said, not decided.
    ignoreStatic: true,
    // A mutant that hangs is noticed; one on a busy machine does not.
    timeoutMS: 20_000,
    timeoutFactor: 3,
    concurrency: Number(process.env.CONCURRENCY ?? 2),
    reporters: process.env.PROGRESS ? ['progress-append-only'] : [],
    tempDirName: `coverage/mutants-${name}`,
    checkers: [],
    allowEmpty: false,
    logLevel: 'error' as never,
  } as never).runMutationTest();
  const of = (...states: string[]) => results.filter(({ status }) => states.includes(status));
  const noticed = of('Killed', 'Timeout').length;
  const missed = of('Survived', 'NoCoverage');
  const score = Math.floor((1000 * noticed) / (noticed + missed.length)) / 10;
  for (const { fileName, location, status, mutatorName, replacement } of missed) {
    const at = `${fileName.slice(process.cwd().length + 1)}:${location.start.line}:${location.start.column}`;
    console.log(
      `${status.padEnd(10)} ${at} ${mutatorName}: ${replacement?.replace(/\s+/g, ' ').slice(0, 100)}`,
    );
  }
  const seconds = Math.round((performance.now() - startedAt) / 1000);
  console.log(
    `${name}: ${score} % of ${noticed + missed.length} mutants noticed (${of('Timeout').length} as they hang), ${missed.length} not, ${seconds} s\n`,
  );
  return score;
}
