import { existsSync, readFileSync } from 'node:fs';
import { startVitest } from 'vitest/node';
import { contexts } from '../functions/contexts.ts';

/**
 * Runs the tests named on the command line, or all. After a whole run every refusal that a route declares must have
 * been provoked by some test. Prints `N passed, N failed` alone on the last line.
 */
const filters = process.argv.slice(2);
const vitest = await startVitest('test', filters, { run: true, watch: false });
const tests = vitest.state
  .getTestModules()
  .flatMap((module) => [...module.children.allTests()].map((test) => test.result().state));
const broken = vitest.state
  .getTestModules()
  // A file fails by itself where it does not load, or where what comes before or after its tests fails.
  .filter((module) => module.state() === 'failed')
  .filter((module) => [...module.children.allTests()].every((test) => test.result().state !== 'failed'));
const unhandled = vitest.state.getUnhandledErrors().length;
const silent = filters.length === 0 ? unprovoked() : [];
for (const one of silent) console.error(`never provoked by a test: ${one}`);
const passed = tests.filter((state) => state === 'passed').length;
const failed = tests.filter((state) => state === 'failed').length + broken.length + unhandled + silent.length;
await vitest.close();
console.log(`\n${passed} passed, ${failed} failed`);
process.exit(failed > 0 || passed === 0 ? 1 : 0);

function unprovoked(): string[] {
  const file = 'coverage/refusals.ndjson';
  const lines = existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : [];
  const provoked = new Set(
    lines.map((line) => Object.values(JSON.parse(line) as Record<string, string>).join(' ')),
  );
  return contexts.flatMap(({ routes, agent }) =>
    [...routes, ...(agent?.routes ?? [])].flatMap(({ id, refuses }) =>
      refuses.map(({ code }) => `${id} ${code}`).filter((one) => !provoked.has(one)),
    ),
  );
}
