import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { type Built, build } from './bundles.ts';
import { runFleet } from './fleet.ts';
import { type Measured, quantile, run } from './measure.ts';
import { open } from './stage.ts';

/**
 * Prints ratios inside this one run, never absolute times: `npm run bench`. With `--costs` the cost table instead;
 * `--costs --write` puts it into docs/costs.md. `--rounds N` and `--only cold|warm` shorten or lengthen a run. With
 * `--fleet` what 10,000 probes take on a stack of their own; `--probes N` for another number.
 */
const asked = process.argv.slice(2);
const option = (name: string) => asked[asked.indexOf(name) + 1];
const wants = (part: string) => !asked.includes('--only') || option('--only') === part;
const rounds = asked.includes('--rounds') ? Number(option('--rounds')) : 11;
const aims = { cold: 1.3, warm: 1.5 };
const mostBytes = 560_000;

if (asked.includes('--costs')) {
  const env = { ...process.env, ...(asked.includes('--write') ? { WRITE_COSTS: '1' } : {}) };
  const vitest = ['node_modules/vitest/vitest.mjs', 'run', 'test/every/cost.test.ts', '--silent=false'];
  process.exit(spawnSync(process.execPath, vitest, { stdio: 'inherit', env }).status ?? 1);
}

if (asked.includes('--fleet')) {
  const probes = asked.includes('--probes') ? Number(option('--probes')) : 10_000;
  process.exit((await runFleet(probes)) ? 0 : 1);
}

const built = build();
const stage = await open();
try {
  console.log('bundle          bytes');
  for (const { name, bytes, biggest } of [...built.apis, built.bare]) {
    console.log(name.padEnd(15), String(bytes).padStart(6));
    if (bytes > mostBytes) console.log(`  more than ${mostBytes}; the biggest parts: ${biggest.join(', ')}`);
  }
  if (wants('cold')) await cold();
  if (wants('warm')) await warm();
} finally {
  await stage.stop();
  rmSync(built.root, { recursive: true, force: true });
}

/** Fresh processes, one of each kind per round, in another order each time. */
async function cold(): Promise<void> {
  const kinds = [built.bare, ...built.apis];
  const results = new Map<Built, Measured[]>(kinds.map((kind) => [kind, []]));
  for (let round = 0; round < rounds; round++) {
    for (const kind of rotate(kinds, round)) {
      results.get(kind)?.push(await run(kind.file, stage.events[kind.name] ?? stage.events.credits ?? {}));
    }
  }
  const times = (kind: Built, what: 'loadMs' | 'firstMs') =>
    (results.get(kind) ?? []).map((one) => one[what]);
  const ratio = (kind: Built, what: 'loadMs' | 'firstMs', share: number) =>
    (quantile(times(kind, what), share) / quantile(times(built.bare, what), share)).toFixed(2).padStart(6);
  console.log(`\ncold, ÷ bare SDK handler (${rounds} rounds; aim ≤ ${aims.cold})`);
  console.log('                  load   load+first request   p90');
  for (const kind of built.apis) {
    const [load, first, p90] = [
      ratio(kind, 'loadMs', 0.5),
      ratio(kind, 'firstMs', 0.5),
      ratio(kind, 'firstMs', 0.9),
    ];
    console.log(kind.name.padEnd(15), load, '             ', first, p90);
  }
}

/** Processor time per debit once everything is compiled; the kinds take turns. */
async function warm(): Promise<void> {
  const credits = built.apis.find(({ name }) => name === 'credits') ?? built.bare;
  const kinds = [built.bare, built.bareCalls, credits];
  const results = new Map<Built, number[]>(kinds.map((kind) => [kind, []]));
  for (let round = 0; round < Math.min(rounds, 4); round++) {
    for (const kind of rotate(kinds, round)) {
      const { cpuMicros } = await run(kind.file, stage.events.credits ?? {}, {
        warmUp: 1000,
        measured: 2000,
      });
      results.get(kind)?.push(cpuMicros);
    }
  }
  const median = (kind: Built) => quantile(results.get(kind) ?? [], 0.5);
  const ratio = (base: Built) => (median(credits) / median(base)).toFixed(2);
  console.log(`\nwarm processor time per debit (aim ≤ ${aims.warm})`);
  console.log(`÷ bare SDK call                     ${ratio(built.bare)}`);
  console.log(`÷ bare SDK, the same calls     ${ratio(built.bareCalls)}`);
}

function rotate<T>(list: readonly T[], by: number): T[] {
  const at = by % list.length;
  return [...list.slice(at), ...list.slice(0, at)];
}
