import { existsSync, globSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { least, modules } from './modules.ts';

const text = readFileSync('docs/mutation.md', 'utf8');
const sections = new Map(
  text
    .split(/^## /m)
    .slice(1)
    .map((section) => [section.split('\n')[0] ?? '', section]),
);
/** `| module | mutants | noticed | score |`. */
const rows = new Map(
  [...text.matchAll(/^\| (\w+) \| (\d+) \| (\d+) \| ([\d.]+) % \|$/gm)].map(([, name = '', ...figures]) => [
    name,
    figures.map(Number),
  ]),
);

describe('docs/mutation.md', () => {
  it('is about the modules that are mutated, and each has its score', () => {
    const names = modules.map(({ name }) => name);
    expect([...sections.keys()]).toEqual(names);
    expect([...rows.keys()]).toEqual(names);
  });

  it.each(modules.map((module) => [module.name, module] as const))(
    '%s: its files are there, its score is enough, and each mutant that was missed has a verdict',
    (name, { files, tests }) => {
      const section = sections.get(name) ?? '';
      for (const file of files) expect(section, file).toContain(`\`${file}\``);
      expect(section.match(/`lib\/[\w/-]+\.ts`/g)?.map((one) => one.slice(1, -1))).toEqual(files);
      expect(files.filter((file) => !existsSync(file))).toEqual([]);
      for (const pattern of tests) expect(globSync(pattern), pattern).not.toEqual([]);
      const [mutants = 0, noticed = 0, score = 0] = rows.get(name) ?? [];
      expect(score).toBe(Math.floor((1000 * noticed) / mutants) / 10);
      expect(score).toBeGreaterThanOrEqual(least);
      const verdicts = section.split('\n').filter((line) => line.startsWith('- '));
      const counted = verdicts.map((line) => Number(/^- (\d+) × /.exec(line)?.[1] ?? 1));
      expect(counted.reduce((sum, one) => sum + one, 0)).toBe(mutants - noticed);
      expect(verdicts.filter((line) => !/ — (equivalent|accepted): \S/.test(line))).toEqual([]);
    },
  );

  it('says when it was measured', () => {
    expect(text).toMatch(/Measured \d{4}-\d\d-\d\d with `npm run mutate`/);
  });
});
