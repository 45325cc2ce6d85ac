import { resolve } from 'node:path';
import type { Plugin } from 'vitest/config';
import type { Bug } from './bug.ts';

/** Puts a bug into the one file that it is about, as that is loaded. */
export function seeded(bug: Bug): Plugin {
  const file = resolve(bug.file);
  const isFile = (id: string) => id.split('?')[0] === file;
  return {
    name: `bug:${bug.name}`,
    enforce: 'pre',
    // Nothing of it stays in the cache of modules, which all share: neither the file nor that there was a bug.
    api: { vitest: { ignoreFsModuleCache: true } },
    configureVitest: ({ defineCacheKeyGenerator }) =>
      defineCacheKeyGenerator(({ id }) => (isFile(id) ? false : undefined)),
    transform: (code, id) => (isFile(id) ? { code: seed(bug, code), map: null } : undefined),
  };
}

/** The text of a file with the bug in it. What it replaces stands there exactly once: who moves it moves the bug too. */
export function seed({ name, file, find, replace }: Bug, text: string): string {
  const parts = text.split(find);
  if (parts.length !== 2)
    throw new Error(`${name}: ${file} has ${parts.length - 1} times what it replaces, not once: ${find}`);
  return parts.join(replace);
}
