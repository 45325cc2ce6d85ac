import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Anchor, anchor } from '../lib/audit/lines.ts';

/** The anchors in a folder, as they came from the bucket. @throws Error where there is none, or a file that is none. */
export function readAnchors(folder: string): Anchor[] {
  const names = globSync('**/*.json', { cwd: folder });
  if (names.length === 0) throw new Error(`There is no anchor in ${folder}`);
  return names.map((name) => {
    try {
      return anchor.parse(JSON.parse(readFileSync(join(folder, name), 'utf8')));
    } catch (error) {
      throw new Error(`${join(folder, name)} is no anchor: ${(error as Error).message}`);
    }
  });
}
