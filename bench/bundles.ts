import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { contexts } from '../functions/contexts.ts';
import { buildOptions, bundle, pascal } from '../infra/bundle.ts';

export interface Built {
  readonly name: string;
  readonly file: string;
  readonly bytes: number;
  /** The five inputs that take most of it. */
  readonly biggest: readonly string[];
}

/** Every API function as it is deployed, and the two bare handlers bundled the same way. */
export function build(): { apis: readonly Built[]; bare: Built; bareCalls: Built; root: string } {
  const root = mkdtempSync(join(tmpdir(), 'quartermaster-bench-'));
  const { metafile, directory } = bundle(root);
  const all = buildSync({
    ...buildOptions,
    entryPoints: { 'Bare/index': 'bench/bare.ts', 'BareCalls/index': 'bench/bare-calls.ts' },
    outdir: join(root, 'bundles'),
  }).metafile;
  const outputs = { ...metafile.outputs, ...all.outputs };
  const built = (id: string, name: string): Built => {
    const [, output] = Object.entries(outputs).find(([path]) => path.endsWith(`/${id}/index.js`)) ?? [];
    if (!output) throw new Error(`There is no bundle ${id}`);
    const inputs = Object.entries(output.inputs).sort(([, a], [, b]) => b.bytesInOutput - a.bytesInOutput);
    const biggest = inputs.slice(0, 5).map(([path, { bytesInOutput }]) => `${path} ${bytesInOutput}`);
    return { name, file: join(directory(id), 'index.js'), bytes: output.bytes, biggest };
  };
  return {
    apis: contexts.map(({ name }) => built(`${pascal(name)}Api`, name)),
    bare: built('Bare', 'bare'),
    bareCalls: built('BareCalls', 'bare, same calls'),
    root,
  };
}
