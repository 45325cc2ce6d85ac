import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, release, tmpdir } from 'node:os';
import { join } from 'node:path';
import packages from '../package.json' with { type: 'json' };
import { type Bundles, build } from './bundles.ts';
import { chart } from './chart.ts';
import { measureCold } from './cold.ts';
import { createDocumentedTables } from './documented/tables.ts';
import type { Embedded } from './embedded.ts';
import { runFleet } from './fleet.ts';
import { report } from './report.ts';
import { aimsOf, type Growth, type Results } from './results.ts';
import { open } from './stage.ts';
import { measureWarm } from './warm.ts';

/**
 * `npm run bench`: measures all that docs/performance.md tells and writes it, its chart and bench/results.json. `--rounds
 * N` for more or fewer, `--growth` for growth alone (`--size N`), `--keep-growth` for all else: it is exact, and takes the
 * longest. `--cold`, `--warm` print one part and write nothing.
 * `--costs` is the cost table; `--costs --write` puts it into docs/costs.md. `--fleet` is what 10,000 probes take on a stack
 * of their own (`--probes N`).
 */
const asked = process.argv.slice(2);
const has = (name: string) => asked.includes(name);
const number = (name: string, otherwise: number) =>
  has(name) ? Number(asked[asked.indexOf(name) + 1]) : otherwise;
const rounds = { cold: number('--rounds', 15), warm: number('--rounds', 7) };
const files = {
  results: 'bench/results.json',
  report: 'docs/performance.md',
  chart: 'docs/performance.svg',
};

if (has('--costs')) {
  const env = { ...process.env, ...(has('--write') ? { WRITE_COSTS: '1' } : {}) };
  const vitest = ['node_modules/vitest/vitest.mjs', 'run', 'test/every/cost.test.ts', '--silent=false'];
  process.exit(spawnSync(process.execPath, vitest, { stdio: 'inherit', env }).status ?? 1);
}
if (has('--fleet')) process.exit((await runFleet(number('--probes', 10_000))) ? 0 : 1);
if (has('--growth')) write({ ...known(), growth: measureGrowth() });
else await all();

async function all(): Promise<void> {
  const load = Math.round((loadavg()[0] ?? 0) * 100) / 100;
  const part = ['--cold', '--warm'].find(has);
  const growth = part ? [] : has('--keep-growth') ? known().growth : measureGrowth();
  const built = build();
  try {
    await measure(built, { load, part, growth });
  } finally {
    rmSync(built.root, { recursive: true, force: true });
  }
}

async function measure(
  built: Bundles,
  { load, part, growth }: { load: number; part: string | undefined; growth: readonly Growth[] },
): Promise<void> {
  const embedded = part ? undefined : inProcess<Embedded>('bench/embedded.ts', rounds.warm);
  // As DynamoDB does, it answers the attributes of an item in one order; the embedded engine in another each time.
  process.env.ENGINE = 'aws';
  const stage = await open(createDocumentedTables);
  try {
    if (part === '--cold') return print(await measureCold(built, stage, rounds.cold));
    const warm = await measureWarm(built, stage, rounds.warm);
    if (part === '--warm') return print(warm);
    if (!embedded) return;
    const cold = await measureCold(built, stage, rounds.cold);
    write({
      date: new Date().toISOString().slice(0, 10),
      machine: { ...machine(), load },
      versions: { ...versions(), ...warm.versions },
      rounds,
      bare: { bytes: built.bare.bytes, ...cold.bare },
      cold: cold.kinds,
      warm: warm.kinds,
      missing: warm.missing,
      embedded: embedded.warm,
      mixed: embedded.mixed,
      growth,
    });
  } finally {
    await stage.stop();
  }
}

function measureGrowth(): Growth[] {
  return inProcess<Growth[]>('bench/growth.ts', number('--size', 100_000));
}

// In a process of its own: there the store's client is listened to, which here is to be as it is deployed.
function inProcess<T>(script: string, size: number): T {
  const directory = mkdtempSync(join(tmpdir(), 'quartermaster-bench-'));
  const file = join(directory, 'measured.json');
  const { status } = spawnSync(process.execPath, [script, file, String(size)], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  if (status !== 0) throw new Error(`${script} ended with ${status}`);
  const measured: T = JSON.parse(readFileSync(file, 'utf8'));
  rmSync(directory, { recursive: true });
  return measured;
}

function write(results: Results): void {
  writeFileSync(files.results, `${JSON.stringify(results, null, 2)}\n`);
  writeFileSync(files.report, report(results));
  writeFileSync(files.chart, chart(results));
  for (const { what, atMost, measured, met } of aimsOf(results))
    console.log(`${met ? 'met   ' : 'MISSED'} ${measured.toFixed(2)} (at most ${atMost})  ${what}`);
}

function known(): Results {
  return JSON.parse(readFileSync(files.results, 'utf8'));
}

function print(measured: object): void {
  console.log(JSON.stringify(measured, null, 1));
}

function machine(): { processor: string; cores: number; system: string } {
  const all = cpus();
  return {
    processor: (all[0]?.model ?? 'unknown').trim(),
    cores: all.length,
    system: `${process.platform} ${release().split('-')[0]}`,
  };
}

function versions(): Record<string, string> {
  const { dependencies, devDependencies } = packages;
  return {
    node: process.versions.node,
    '@aws-sdk/client-dynamodb': dependencies['@aws-sdk/client-dynamodb'],
    '@aws-sdk/lib-dynamodb': devDependencies['@aws-sdk/lib-dynamodb'],
    Powertools: devDependencies['@aws-lambda-powertools/idempotency'],
    middy: dependencies['@middy/core'],
    zod: dependencies.zod,
    esbuild: devDependencies.esbuild,
  };
}
