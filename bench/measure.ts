import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export interface Measured {
  readonly loadMs: number;
  readonly firstMs: number;
  readonly cpuMicros: number;
}

const child = fileURLToPath(new URL('./process.ts', import.meta.url));

/** Runs one bundle in a fresh process. */
export async function run(
  file: string,
  event: object,
  requests: { warmUp?: number; measured?: number } = {},
): Promise<Measured> {
  const { warmUp = 0, measured = 0 } = requests;
  // Logs as it does when deployed.
  const { POWERTOOLS_LOG_LEVEL: _quiet, ...env } = process.env;
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
