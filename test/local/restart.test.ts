import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, it } from 'vitest';
import type { Mail } from '../../infra/local/ses.ts';
import { writeAssembly } from './fixture.ts';

const dir = mkdtempSync(join(tmpdir(), 'restart-'));
const assembly = writeAssembly();
const children: ChildProcess[] = [];

afterAll(() => {
  for (const child of children) child.kill('SIGKILL');
  rmSync(dir, { recursive: true, force: true });
});

interface Addresses {
  readonly url: string;
  readonly controlUrl: string;
  readonly inboxUrl: string;
}

function run(): Promise<Addresses & { child: ChildProcess }> {
  const script = fileURLToPath(new URL('./run-fixture.ts', import.meta.url));
  const child = spawn(process.execPath, [script, assembly, dir], { stdio: ['ignore', 'pipe', 'inherit'] });
  children.push(child);
  return new Promise((resolve, reject) => {
    child.once('exit', () => reject(new Error('The stack ended')));
    child.stdout?.once('data', (data) => resolve({ ...(JSON.parse(String(data)) as Addresses), child }));
  });
}

async function told<T>(address: string): Promise<T> {
  return (await (await fetch(address)).json()) as T;
}

it('loses nothing that was acknowledged when the whole stack is killed at work', async () => {
  const acknowledged: string[] = [];
  for (let round = 0; round < 3; round++) {
    const { url, child } = await run();
    let dead = false;
    const enough = acknowledged.length + 10 + round * 15;
    const put = async (id: string) => {
      const body = JSON.stringify({ id, ev: 'order.placed' });
      const response = await fetch(`${url}/items`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body,
      });
      if (response.status === 201) acknowledged.push(id);
      if (acknowledged.length >= enough) child.kill('SIGKILL');
    };
    const worker = async (name: number) => {
      for (let index = 0; !dead; index++) {
        await put(`r${round}-w${name}-${index}`).catch(() => {
          dead = true;
        });
      }
    };
    await Promise.all([worker(1), worker(2), worker(3)]);
  }
  const { controlUrl, inboxUrl } = await run();
  expect(await told(`${controlUrl}/local/idle`)).toEqual({ idle: true });
  const subjects = new Set((await told<Mail[]>(`${controlUrl}/local/mails`)).map(({ subject }) => subject));
  expect(acknowledged.length).toBeGreaterThanOrEqual(75);
  expect(acknowledged.filter((id) => !subjects.has(id))).toEqual([]);
  const { emails } = await told<{ emails: { subject: string }[] }>(`${inboxUrl}/store`);
  expect(new Set(emails.map(({ subject }) => subject))).toEqual(subjects);
});
