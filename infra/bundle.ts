import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { type BuildOptions, buildSync, type Metafile } from 'esbuild';
import { contexts } from '../functions/contexts.ts';
import { problemsOf } from '../functions/docs/problems.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Every Lambda of the stack by its construct id, with the source file that exports its `handler`. */
export function entries(): Record<string, string> {
  const out: Record<string, string> = {
    Outbox: 'functions/outbox/publish.ts',
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
  const { metafile } = buildSync({
    ...buildOptions,
    entryPoints: Object.fromEntries(Object.entries(entries()).map(([id, file]) => [`${id}/index`, file])),
    outdir: target,
  });
  writeFileSync(join(outdir, 'metafile.json'), JSON.stringify(metafile));
  const directory = (id: string) => join(target, id);
  addDocuments(directory('Docs'));
  const bundles = { directory, metafile };
  made.set(outdir, bundles);
  return bundles;
}

function addDocuments(directory: string): void {
  const renderer = join(root, 'node_modules/@scalar/api-reference/dist/browser/standalone.js');
  writeFileSync(join(directory, 'scalar.js.gz'), gzipSync(readFileSync(renderer), { level: 9 }));
  const description = JSON.stringify(JSON.parse(readFileSync(join(root, 'docs/openapi.json'), 'utf8')));
  writeFileSync(join(directory, 'openapi.json.gz'), gzipSync(description, { level: 9 }));
  writeFileSync(join(directory, 'problems.json'), JSON.stringify(problemsOf(contexts)));
}
