import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export interface Measured {
  readonly loadMs: number;
  readonly loadCpuMs: number;
  readonly firstMs: number;
  readonly firstCpuMs: number;
  readonly cpuMicros: number;
  readonly perSecond: number;
}

const child = fileURLToPath(new URL('./process.ts', import.meta.url));

/** Runs one bundle in a fresh process. */
export async function run(
  file: string,
  event: object,
  requests: { warmUp?: number; measured?: number; env?: Readonly<Record<string, string>> } = {},
): Promise<Measured> {
  const { warmUp = 0, measured = 0 } = requests;
  // Logs as it does when deployed.
  const { POWERTOOLS_LOG_LEVEL: _quiet, ...own } = process.env;
  const env = { ...own, ...requests.env };
  const options = { env, stdio: ['ignore', 'ignore', 'pipe', 'pipe'] as ('ignore' | 'pipe')[] };
  const flags = process.env.BENCH_NODE_FLAGS?.split(' ') ?? [];
  const args = [...flags, child, file, JSON.stringify(event), String(warmUp), String(measured)];
  const spawned = spawn(process.execPath, args, options);
  const said = { 2: '', 3: '' };
  for (const descriptor of [2, 3] as const) {
    spawned.stdio[descriptor]?.on('data', (data: Buffer) => {
      said[descriptor] += data;
    });
  }
  const code = await new Promise((resolve, reject) => {
    spawned.once('error', reject);
    spawned.once('close', resolve);
  });
  if (code !== 0) throw new Error(`${file} ended with ${code}: ${said[2].slice(-2000)}`);
  return JSON.parse(said[3]);
}

/** The value below which a share of all lie: 0.5 is the median. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

/** The median of some values, with the least and the ninth of ten. */
export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly p90: number;
}

export function spreadOf(values: readonly number[]): Spread {
  const at = (share: number) => Math.round(quantile(values, share) * 1000) / 1000;
  return { median: at(0.5), min: at(0), p90: at(0.9) };
}

/** What was measured round by round, ÷ what was measured of another in the same round. */
export function ratiosOf(values: readonly number[], base: readonly number[]): Spread {
  return spreadOf(values.map((value, round) => value / (base[round] ?? Number.NaN)));
}

/** The same list, begun elsewhere: who is measured first in a round changes. */
export function rotate<T>(list: readonly T[], by: number): T[] {
  const at = by % list.length;
  return [...list.slice(at), ...list.slice(0, at)];
}
