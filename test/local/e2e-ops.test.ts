import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { RunningStack } from '../../infra/local/stack.ts';
import { bringUp, doorOf } from '../kit/stack.ts';

const dir = mkdtempSync(join(tmpdir(), 'ops-'));
let stack: RunningStack;

beforeAll(async () => {
  ({ stack } = await bringUp({ dir }));
});
afterAll(async () => {
  await stack.stop();
  rmSync(dir, { recursive: true, force: true });
});

/** Runs a command of ours on the local stack: its exit code and everything it said. */
function command(...args: string[]): Promise<{ code: number | null; said: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [...args, '--local', dir]);
    let said = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (data) => {
        said += data;
      });
    }
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, said }));
  });
}

it('an operator is enlisted in the local stack and may sign in', async () => {
  const email = 'second@platform.example';
  const { code, said } = await command('infra/ops.ts', 'bootstrap', '--email', email, '--name', 'Second');
  expect({ code, said }).toEqual({ code: 0, said: `The platform is there, and ${email} may sign in.\n` });
  expect((await (await doorOf(stack, email))('GET /v1/me')).status).toBe(200);
});

it('the local table is read whole and found in order', async () => {
  const { code, said } = await command('infra/fsck.ts');
  expect(said).toMatch(/^[1-9]\d* items, 0 violations\n$/);
  expect(code).toBe(0);
});
