import { readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { describe, expect, it } from 'vitest';
import { bugs } from './bugs.ts';
import { seed } from './plugin.ts';

const text = (file: string) => readFileSync(file, 'utf8');

describe('seeded bugs', () => {
  it('are enough, each with a name of its own', () => {
    expect(bugs.length).toBeGreaterThanOrEqual(24);
    expect(new Set(bugs.map(({ name }) => name)).size).toBe(bugs.length);
  });

  it.each(bugs.map((bug) => [bug.name, bug] as const))(
    '%s is one change of what is there, and loads',
    (_, bug) => {
      const buggy = seed(bug, text(bug.file));
      expect(buggy).not.toBe(text(bug.file));
      expect(() => stripTypeScriptTypes(buggy)).not.toThrow();
      expect(bug.file).toMatch(/^(lib|functions)\//);
      expect(bug.caughtBy.file).not.toMatch(/^test\/bugs\//);
    },
  );

  it('are refused where what they replace is gone, or stands there twice', () => {
    const bug = { ...bugs[0], name: 'any', find: 'a + b', replace: 'a' } as (typeof bugs)[number];
    expect(seed(bug, 'x(a + b)')).toBe('x(a)');
    for (const other of ['x(a+b)', 'a + b + a + b']) expect(() => seed(bug, other)).toThrow(/not once/);
  });
});
