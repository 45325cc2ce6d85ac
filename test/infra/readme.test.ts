import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { contexts } from '../../functions/contexts.ts';

const read = (file: string) => readFileSync(file, 'utf8');
const texts = ['README.md', 'AGENTS.md', 'docs/runbook.md'].map((file) => [file, read(file)] as const);
const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
const costs = new Map(
  read('docs/costs.md')
    .split('\n')
    .filter((row) => row.startsWith('| '))
    .map((row) => row.split('|').map((cell) => cell.trim()))
    .map(([, name = '', rcu, wcu, , indexes, , , dollars]) => [name, { rcu, wcu, indexes, dollars }]),
);

describe('what is written for people', () => {
  it.each(texts)('%s names files that exist', (_, text) => {
    const named =
      text.match(/\b(?:agent|bench|docs|functions|infra|lib|test)\/[\w./-]*\w\.(?:ts|md|json)\b/g) ?? [];
    expect(named.filter((path) => !existsSync(path))).toEqual([]);
  });

  it.each(texts)('%s names commands that exist', (_, text) => {
    const named = [...text.matchAll(/\bnpm run (?:-s )?([\w:]+)/g)].map(([, name = '']) => name);
    expect(named.filter((name) => !scripts[name])).toEqual([]);
  });

  it('decisions have headings of one form, each behind a blank line', () => {
    const lines = read('docs/decisions.md').split('\n');
    const headings = lines.flatMap((line, at) =>
      line.startsWith('## ') ? [{ line, before: lines[at - 1] }] : [],
    );
    expect(headings.length).toBeGreaterThan(100);
    const right = (one: (typeof headings)[0]) =>
      /^## \d{4}-\d\d-\d\d · \S/.test(one.line) && one.before === '';
    expect(headings.filter((one) => !right(one))).toEqual([]);
  });

  it('scripts start files that exist', () => {
    const started = Object.values(scripts).flatMap((line) =>
      [...line.matchAll(/\bnode ([\w/.-]+\.ts)/g)].map(([, file = '']) => file),
    );
    expect(started.length).toBeGreaterThan(5);
    expect(started.filter((file) => !existsSync(file))).toEqual([]);
  });

  it.each(texts)('%s names routes that exist', (_, text) => {
    const known = new Set(
      contexts.flatMap(({ routes }) => routes.map(({ method, path }) => `${method} ${path}`)),
    );
    const named = [...text.matchAll(/`((?:GET|POST|PUT|PATCH|DELETE) \/v1\/[^\s`?]+)/g)];
    expect(named.map(([, route = '']) => route).filter((route) => !known.has(route))).toEqual([]);
  });

  it.each([
    ['debit with the caller’s own request id', 'debitCredits: own request id'],
    ['debit with an Idempotency-Key', 'debitCredits'],
    ['balance now, or as of any moment', 'getCredits'],
    ['balance now, or as of any moment', 'getCredits: as of a moment'],
    ['page of 25 customers (of 100 or 10,000)', 'listCustomers'],
    ['add a customer', 'createCustomer'],
    ['heartbeat of a probe', 'agentHeartbeat'],
    ['its report of six meters', 'reportUsage: six meters'],
  ])('tells the costs of “%s” as measured (%s)', (label, name) => {
    const row = read('README.md')
      .split('\n')
      .find((line) => line.replace("'", '’').startsWith(`| ${label} |`));
    const { rcu, wcu, indexes, dollars } = costs.get(name) ?? {};
    const written = indexes === '0' ? wcu : `${wcu} + ${indexes} in indexes`;
    expect(row?.split('|').map((cell) => cell.trim())).toEqual(
      ['', label, written, rcu, dollars, ''].map((one, at) => (at === 1 ? expect.any(String) : one)),
    );
  });
});
