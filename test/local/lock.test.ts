import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, it } from 'vitest';
import { takeTurn } from '../../infra/local/assembly.ts';
import { addressFile } from '../../infra/local/attach.ts';
import { Stop } from '../../infra/local/failure.ts';
import { lock } from '../../infra/local/lock.ts';
import { startStack } from '../../infra/local/stack.ts';
import { writeAssembly } from './fixture.ts';

const dir = mkdtempSync(join(tmpdir(), 'lock-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));
const sentence = /^Another stack runs on .*, or is just starting there: .*--data/;

it('two stacks never run on one folder, also not while the first is starting', async () => {
  const assembly = writeAssembly();
  const both = await Promise.allSettled([startStack({ dir, assembly }), startStack({ dir, assembly })]);
  const running = both.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  const refused = both.flatMap((one) => (one.status === 'rejected' ? [one.reason] : []));
  expect([running.length, refused.length]).toEqual([1, 1]);
  expect(refused[0]).toBeInstanceOf(Stop);
  expect(refused[0].message).toMatch(sentence);
  await expect(startStack({ dir, assembly })).rejects.toThrow(sentence);
  const file = join(dir, addressFile);
  expect(JSON.parse(readFileSync(file, 'utf8')).url).toBe(running[0]?.url);
  const others = JSON.stringify({ pid: 1, url: 'http://127.0.0.1:1' });
  writeFileSync(file, others);
  await running[0]?.stop();
  expect(readFileSync(file, 'utf8')).toBe(others);
});

it('a command refuses in a sentence while another process has the folder, and has it once that is killed', async () => {
  const module = new URL('../../infra/local/lock.ts', import.meta.url).href;
  const code = `const { lock } = await import(${JSON.stringify(module)}); lock(${JSON.stringify(dir)}); gc(); gc(); setTimeout(() => { gc(); console.log('held'); }, 50); setInterval(() => {}, 1000);`;
  const holder = spawn(process.execPath, ['--expose-gc', '--input-type=module', '-e', code]);
  await once(holder.stdout, 'data');
  rmSync(join(dir, addressFile), { force: true });
  for (const script of ['start', 'demo']) {
    const path = fileURLToPath(new URL(`../../infra/local/${script}.ts`, import.meta.url));
    const asked = spawn(process.execPath, [path, '--data', dir], { env: { ...process.env, PORT: '0' } });
    let said = '';
    asked.stderr.on('data', (data) => {
      said += data;
    });
    const [status] = await once(asked, 'close');
    expect([status, said.trim()]).toEqual([1, expect.stringMatching(sentence)]);
    expect(said.trim().split('\n')).toHaveLength(1);
  }
  holder.kill('SIGKILL');
  await once(holder, 'close');
  const free = lock(dir);
  free();
});

it('who waits for a turn gets it when the other is done', async () => {
  const own = join(dir, 'turn');
  const done = await takeTurn(own);
  let taken = false;
  const second = takeTurn(own).then((release) => {
    taken = true;
    return release;
  });
  await new Promise((resolve) => setTimeout(resolve, 250));
  expect(taken).toBe(false);
  done();
  (await second)();
});
