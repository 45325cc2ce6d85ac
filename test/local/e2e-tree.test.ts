import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { whatIsMissing } from '../../infra/local/demo-directory.ts';
import { print } from '../kit/stack.ts';

const dir = mkdtempSync(join(tmpdir(), 'qm-tree-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const missing = process.env.SAMBA === 'required' ? undefined : whatIsMissing();

it('the story of the tree goes as told, and ldapsearch lists what the API reports', async ({ skip }) => {
  if (missing) return skip(missing);
  const began = performance.now();
  const { code, said } = await play();
  if (code !== 0) print(said.split('\n').slice(-40).join('\n      '));
  expect(code).toBe(0);
  expect(said).toMatch(/The story went as told\.\n$/);
  expect(said).not.toContain('≠');
  const agreeing = [...said.matchAll(/ = (\d+) objects agree with ldapsearch: (.*)/g)];
  expect(agreeing.length).toBeGreaterThanOrEqual(10);
  expect(Math.max(...agreeing.map(([, count]) => Number(count)))).toBeGreaterThan(30);
  for (const status of ['403', '404', '409']) expect(said).toMatch(new RegExp(`^${status} `, 'm'));
  const seconds = ((performance.now() - began) / 1000).toFixed(0);
  print(`${agreeing.length} comparisons in ${seconds} s, the last of ${agreeing.at(-1)?.[2]}`);
}, 1_800_000);

/** The command as a person gives it: its own stack, its own domain controller. */
function play(): Promise<{ code: number | null; said: string }> {
  const child = spawn(process.execPath, ['infra/local/demo.ts', 'tree', '--data', dir], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (data: string) => {
      said += data;
    });
  }
  const limit = setTimeout(() => child.kill('SIGKILL'), 1_740_000);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      clearTimeout(limit);
      resolve({ code, said });
    });
  });
}
