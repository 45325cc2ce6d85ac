import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Stop } from './failure.ts';
import { flatten } from './flatten.ts';
import type { Resource, Template } from './resolve.ts';

/** Files and folders that a stack of an assembly publishes, by the hash in their names. */
export function readAssets(assembly: string, stack: string): Map<string, string> {
  const file = join(assembly, `${stack}.assets.json`);
  const assets = new Map<string, string>();
  if (!existsSync(file)) return assets;
  const { files } = readJson(file) as { files: Record<string, { source: { path?: string } }> };
  for (const [hash, { source }] of Object.entries(files)) {
    if (source.path) assets.set(hash, join(assembly, source.path));
  }
  return assets;
}

/** A stack's template with all that is nested in it. */
export function readTemplate(file: string, assets: ReadonlyMap<string, string>): Template {
  return flatten(readJson(file) as Template, (stack) => readJson(templateOf(stack, assets)) as Template);
}

function templateOf({ Properties }: Resource, assets: ReadonlyMap<string, string>): string {
  const url = JSON.stringify(Properties?.TemplateURL);
  const file = assets.get(/([0-9a-f]{64})\.json/.exec(url)?.[1] ?? '');
  if (!file) throw new Stop(`The nested template ${url} is not in the assembly.`);
  return file;
}

export function readJson(file: string): unknown {
  return JSON.parse(readFileSync(file, 'utf8'));
}
