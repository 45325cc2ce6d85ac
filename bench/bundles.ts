import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BuildOptions, buildSync } from 'esbuild';
import { contexts } from '../functions/contexts.ts';
import { buildOptions, bundle, functionsIn, pascal } from '../infra/bundle.ts';

export interface Built {
  readonly name: string;
  readonly file: string;
  readonly bytes: number;
  /** Loaded before the first request. */
  readonly atStart: number;
}

/** What is measured besides: bundled with the same options. */
const alike = {
  bare: 'bench/bare.ts',
  bareCalls: 'bench/bare-calls.ts',
  documented: 'bench/documented/debit.ts',
} as const;

/** Their clients are CommonJS, and are never measured cold. */
const peers = { postgres: 'bench/peers/postgres.ts', redis: 'bench/peers/redis.ts' } as const;
const others = { ...alike, ...peers };

export type Bundles = Readonly<Record<keyof typeof others, Built>> & {
  readonly apis: readonly Built[];
  readonly root: string;
};

/** Every API function as it is deployed, and what it is compared with. */
export function build(): Bundles {
  const root = mkdtempSync(join(tmpdir(), 'quartermaster-bench-'));
  const { metafile, directory } = bundle(root);
  const more = (entries: Readonly<Record<string, string>>, options: BuildOptions) =>
    buildSync({
      ...buildOptions,
      entryPoints: Object.fromEntries(Object.entries(entries).map(([name, file]) => [`${name}/index`, file])),
      outdir: join(root, 'bundles'),
      ...options,
    }).metafile?.outputs;
  const plain = { mainFields: ['main'], conditions: ['require'], external: ['pg-native'] };
  const sizes = functionsIn({ ...metafile.outputs, ...more(alike, {}), ...more(peers, plain) });
  const built = (id: string, name: string, entry: string): Built => {
    const size = sizes.find(({ entryPoint }) => entryPoint === entry);
    if (!size) throw new Error(`There is no bundle of ${entry}`);
    return { name, file: join(directory(id), 'index.js'), bytes: size.bytes, atStart: size.atStart };
  };
  const compare = Object.fromEntries(
    Object.entries(others).map(([name, file]) => [name, built(name, name, file)]),
  ) as Record<keyof typeof others, Built>;
  const apis = contexts.map(({ name }) => built(`${pascal(name)}Api`, name, `functions/${name}/api.ts`));
  return { ...compare, apis, root };
}
