import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { chart } from '../../bench/chart.ts';
import { billed } from '../../bench/mixed.ts';
import { openings } from '../../bench/openings.ts';
import { report } from '../../bench/report.ts';
import { aimsOf, bounds, type Results } from '../../bench/results.ts';
import { contexts } from '../../functions/contexts.ts';

const read = (file: string) => readFileSync(file, 'utf8');
const results: Results = JSON.parse(read('bench/results.json'));
const page = read('docs/performance.md');

interface Verdict {
  readonly atMost: number;
  readonly measured: number;
  readonly verdict: string;
}

/** What the page says of each aim. */
function verdictsOf(text: string): Verdict[] {
  const [, part = ''] = text.split('## Aims');
  const rows = (part.split('\n## ')[0] ?? '').matchAll(
    /^\| [^|]+ \| ([\d.]+) \| ([\d.]+)[^|]* \| ([^|]+) \|$/gm,
  );
  return [...rows].map(([, atMost, measured, verdict = '']) => ({
    ...{ atMost: Number(atMost), measured: Number(measured) },
    verdict: verdict.trim(),
  }));
}

const untrue = ({ atMost, measured, verdict }: Verdict) =>
  verdict !== (measured <= atMost ? 'met' : '**missed**');

describe('docs/performance.md', () => {
  it('and its chart are what bench/results.json makes of them', () => {
    expect(page).toBe(report(results));
    expect(read('docs/performance.svg')).toBe(chart(results));
  });

  it('calls an aim met where its figure is within it, and nowhere else', () => {
    const verdicts = verdictsOf(page);
    expect(verdicts.length).toBe(aimsOf(results).length);
    expect(verdicts.filter(untrue)).toEqual([]);
    const boasting = page.replace(
      /^(\| [^|]+ \| )([\d.]+) \| [\d.]+[^|]* \| [^|]+ \|$/m,
      '$1$2 | 9.00 | met |',
    );
    expect(verdictsOf(boasting).filter(untrue)).toEqual([
      expect.objectContaining({ measured: 9, verdict: 'met' }),
    ]);
  });

  it('is held to the bounds that were asked for', () => {
    expect(bounds).toEqual({ warm: 0.5, mixed: 0.4, cold: 1.3, first: 1.3, growth: 1, depth: 1 });
  });

  it('names no figure of what was not measured', () => {
    for (const { name, why } of results.missing) {
      expect(why.length).toBeGreaterThan(10);
      expect(results.warm.map((one) => one.name)).not.toContain(name);
    }
    const measured = [...results.warm, ...results.missing].map(({ name }) => name);
    for (const peer of ['documented stack', 'PostgreSQL', 'Redis'])
      expect(
        measured.some((name) => name.startsWith(peer)),
        peer,
      ).toBe(true);
  });
});

describe('what is exact', () => {
  const costs = new Map(
    read('docs/costs.md')
      .split('\n')
      .filter((row) => row.startsWith('| '))
      .map((row) => row.split('|').map((cell) => cell.trim()))
      .map(([, name = '', read, table, , index]) => [
        name,
        { read: Number(read), write: Number(table) + Number(index) },
      ]),
  );

  it.each([
    ['heartbeat', 'agentHeartbeat'],
    ['usage, six meters', 'reportUsage: six meters'],
    ['check of a licence', 'getSubscription'],
    ['debit', 'debitCredits: own request id'],
  ])('%s of the mixed load takes what the cost table says of %s', (what, name) => {
    expect(results.mixed.rows.find((row) => row.what === what)?.ours).toEqual(costs.get(name));
  });

  it('the mixed load is billed by its units, its shares and today’s prices', () => {
    const { rows } = results.mixed;
    expect(rows.map(({ share }) => share)).toEqual([0.6, 0.2, 0.1, 0.05, 0.05]);
    expect(billed(rows)).toEqual(results.mixed);
  });

  it('nothing grows with customers or entries', () => {
    const grown = results.growth.filter(({ of }) => of === 'customers' || of === 'entries');
    expect(grown.length).toBe(11);
    for (const { call, small, large } of grown) {
      expect(large.size / small.size, call).toBeGreaterThanOrEqual(1000);
      expect({ ...large, size: 0, call }).toEqual({ ...small, size: 0, call });
    }
  });
});

it('the bench opens, and has measured, every context', () => {
  const names = contexts.map(({ name }) => name).sort();
  expect(Object.keys(openings).sort()).toEqual(names);
  const measured = results.cold.map(({ name }) => name).filter((name) => name !== 'documented');
  expect(measured.sort()).toEqual(names);
});
