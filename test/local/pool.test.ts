import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { openPool } from '../../infra/local/pool.ts';

const folder = mkdtempSync(join(tmpdir(), 'qm-pool-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
writeFileSync(join(folder, 'index.js'), 'exports.handler = () => new Promise(() => {});');

it('a pool that is stopped amid its work ends what runs and what waits, and starts nothing more', async () => {
  const pool = openPool({
    ...{ arn: 'arn:aws:lambda:eu-west-1:000000000000:function:never', environment: {}, folder },
    ...{ handlerName: 'index.handler', timeoutSeconds: 60, most: 1, log: undefined },
  });
  let started = () => {};
  const running = new Promise<void>((resolve) => {
    started = resolve;
  });
  const answers = [1, 2, 3].map((one) => pool.invoke(one, started));
  await running;
  const threads = () => process.getActiveResourcesInfo().filter((one) => one === 'MessagePort').length;
  const busy = threads();
  await pool.stop();
  expect((await Promise.all(answers)).map((one) => one.ok)).toEqual([false, false, false]);
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(threads()).toBeLessThan(busy);
});
