import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { type BuildOptions, buildSync, type Metafile } from 'esbuild';
import { contexts } from '../functions/contexts.ts';
import { problemsOf } from '../functions/docs/problems.ts';
import { startRenderer } from '../functions/docs/reference-page.ts';
import type { Context } from '../lib/kit/context.ts';
import { behindDoors } from './doors.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Every Lambda of the stack by its construct id, with the source file that exports its `handler`. */
export function entries(): Record<string, string> {
  const out: Record<string, string> = {
    Outbox: 'functions/outbox/publish.ts',
    AuditSealer: 'functions/audit/seal-entries.ts',
    PreToken: 'functions/platform/pre-token.ts',
    Docs: 'functions/docs/api.ts',
  };
  for (const { name, subscribers, schedules, agent, pages } of contexts) {
    out[`${pascal(name)}Api`] = `functions/${name}/api.ts`;
    if (pages) out[`${pascal(name)}Pages`] = `functions/${name}/pages.ts`;
    if (agent) out[`${pascal(name)}Agent`] = `functions/${name}/agent.ts`;
    for (const { id } of agent?.apart ?? []) out[pascal(`${name}-${id}`)] = `functions/${name}/${id}.ts`;
    if (subscribers?.length) out[`${pascal(name)}Reactions`] = `functions/${name}/events.ts`;
    if (schedules?.length) out[`${pascal(name)}Schedules`] = `functions/${name}/clock.ts`;
  }
  return out;
}

/** `on-customer-added` → `OnCustomerAdded`: construct ids from file names. */
export function pascal(kebab: string): string {
  return kebab.replace(/(?:^|[-_.])([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

/** Directories of bundles by construct id, and esbuild's account of what is inside each. */
export interface Bundles {
  readonly directory: (id: string) => string;
  readonly metafile: Metafile;
}

/** How everything that is deployed is bundled. */
export const buildOptions = {
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  target: 'node24',
  format: 'cjs',
  // ESM sources shake; the packages' CommonJS builds do not.
  mainFields: ['module', 'main'],
  conditions: ['module', 'import'],
  // Lambda gives credentials in the environment: the SDK's chain of profiles and sign-ons is never used.
  alias: { '@aws-sdk/credential-provider-node': join(root, 'lib/aws/credentials.ts') },
  define: { 'import.meta.dirname': '__dirname' },
  minify: true,
  metafile: true,
  legalComments: 'none',
  logLevel: 'error',
} satisfies BuildOptions;

const made = new Map<string, Bundles>();

/** Bundles all entries in one run of esbuild, once per output directory however many stacks use them. */
export function bundle(outdir: string): Bundles {
  const known = made.get(outdir);
  if (known) return known;
  const target = join(outdir, 'bundles');
  rmSync(target, { recursive: true, force: true });
  const apis = new Map(contexts.map((context) => [`${pascal(context.name)}Api`, context]));
  const whole = Object.entries(entries()).filter(([id]) => !apis.has(id));
  const { metafile } = buildSync({
    ...buildOptions,
    entryPoints: Object.fromEntries(whole.map(([id, file]) => [`${id}/index`, file])),
    outdir: target,
  });
  const parts = [...apis].map(([id, context]) => split(context, join(target, id)));
  toCjs(
    parts.flatMap(({ outputs }) => Object.keys(outputs)),
    target,
  );
  for (const { inputs, outputs } of parts) {
    Object.assign(metafile.inputs, inputs);
    for (const [path, output] of Object.entries(outputs))
      metafile.outputs[path] = { ...output, bytes: statSync(join(root, path)).size };
  }
  writeFileSync(join(outdir, 'metafile.json'), JSON.stringify(metafile));
  const directory = (id: string) => join(target, id);
  addDocuments(directory('Docs'));
  const bundles = { directory, metafile };
  made.set(outdir, bundles);
  return bundles;
}

/**
 * An API function in parts: what every request needs, and what a route alone needs, loaded by its first request.
 * Answers the parts' account; they are ESM, which alone esbuild splits.
 */
function split(context: Context, outdir: string): Metafile {
  return buildSync({
    ...buildOptions,
    stdin: {
      contents: behindDoors(root, context),
      resolveDir: root,
      sourcefile: `functions/${context.name}/api.ts`,
      loader: 'ts',
    },
    format: 'esm',
    splitting: true,
    entryNames: 'index',
    chunkNames: '[hash]',
    outdir,
  }).metafile;
}

/** Turns parts into CJS, which Lambda loads faster, each by itself. */
function toCjs(parts: readonly string[], outdir: string): void {
  const { target, platform, minify } = buildOptions;
  buildSync({
    ...{ target, platform, minify, format: 'cjs', supported: { 'dynamic-import': false } },
    entryPoints: parts.map((path) => join(root, path)),
    outbase: outdir,
    outdir,
    allowOverwrite: true,
  });
}

/** One function of esbuild's account: all its files, and of them those loaded before its first request. */
export interface FunctionSize {
  readonly entryPoint: string;
  readonly bytes: number;
  readonly atStart: number;
  /** Source files of all of it. */
  readonly inputs: readonly string[];
}

/** What each function of an account consists of. */
export function functionsIn(outputs: Metafile['outputs']): FunctionSize[] {
  const entries = Object.entries(outputs).filter(
    ([path, { entryPoint }]) => entryPoint && basename(path) === 'index.js',
  );
  return entries.map(([path, { entryPoint = '' }]) => {
    const own = Object.entries(outputs).filter(([other]) => dirname(other) === dirname(path));
    const sum = (files: readonly string[]) =>
      files.reduce((all, file) => all + (outputs[file]?.bytes ?? 0), 0);
    return {
      entryPoint,
      bytes: sum(own.map(([file]) => file)),
      atStart: sum([...neededBy(path, outputs)]),
      inputs: [...new Set(own.flatMap(([, { inputs }]) => Object.keys(inputs)))],
    };
  });
}

function neededBy(path: string, outputs: Metafile['outputs'], found = new Set<string>()): Set<string> {
  if (found.has(path) || !outputs[path]) return found;
  found.add(path);
  for (const { path: needed, kind } of outputs[path].imports)
    if (kind === 'import-statement') neededBy(needed, outputs, found);
  return found;
}

function addDocuments(directory: string): void {
  const renderer = (file: string) => readFileSync(join(root, 'node_modules/swagger-ui-dist', file), 'utf8');
  const script = renderer('swagger-ui-bundle.js').replace(/^\/\/# sourceMappingURL.*$/m, '') + startRenderer;
  const style = renderer('swagger-ui.css').replace(/^\/\*# sourceMappingURL.*$/m, '');
  writeFileSync(join(directory, 'reference.js.gz'), gzipSync(script, { level: 9 }));
  writeFileSync(join(directory, 'reference.css.gz'), gzipSync(style, { level: 9 }));
  const description = JSON.stringify(JSON.parse(readFileSync(join(root, 'docs/openapi.json'), 'utf8')));
  writeFileSync(join(directory, 'openapi.json.gz'), gzipSync(description, { level: 9 }));
  writeFileSync(join(directory, 'problems.json'), JSON.stringify(problemsOf(contexts)));
}
