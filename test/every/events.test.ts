import { existsSync, readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { EventType } from '../../lib/kit/event.ts';

const files = readdirSync('lib').filter((context) => existsSync(`lib/${context}/events.ts`));
const modules = await Promise.all(files.map((context) => import(`../../lib/${context}/events.ts`)));
const events = modules.flatMap((module) =>
  Object.values(module).filter(
    (one): one is EventType => typeof one === 'object' && one !== null && 'example' in one && 'data' in one,
  ),
);

describe('events', () => {
  it('have versioned names of their own', () => {
    const names = events.map(({ type }) => type);
    expect(new Set(names).size).toBe(names.length);
    for (const name of names) expect(name).toMatch(/^[a-z_]+\.[a-z_]+\.v\d+$/);
  });

  it.each(events.map((one) => [one.type, one] as const))(
    '%s has an example that keeps its contract',
    (_, one) => {
      expect(one.data.parse(one.example)).toEqual(one.example);
    },
  );
});
