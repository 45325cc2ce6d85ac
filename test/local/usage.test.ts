import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';

const { TABLE_NAME: _, ...env } = process.env;
function command(file: string, ...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [file, ...args], { env, encoding: 'utf8' });
  return { status, stdout, stderr };
}

it.each([
  ['infra/ops.ts', [], 'Usage:'],
  ['infra/ops.ts', ['--surprise'], "Unknown option '--surprise'."],
  ['infra/ops.ts', ['dance'], 'Usage:'],
  ['infra/ops.ts', ['bootstrap'], '`bootstrap` needs --email.'],
  ['infra/ops.ts', ['bootstrap', '--email'], "Option '--email <value>' argument missing."],
  ['infra/ops.ts', ['enable-msp'], '`enable-msp` needs --provider.'],
  ['infra/ops.ts', ['enable-msp', 'twice'], 'One command at a time'],
  ['infra/fsck.ts', ['--surprise'], "Unknown option '--surprise'."],
  ['infra/fsck.ts', ['table'], 'Unexpected argument'],
  ['infra/fsck.ts', ['--segments', 'many'], '--segments must be a whole number from 1 to 64.'],
  ['infra/fsck.ts', [], 'Which table? TABLE_NAME is not set.'],
  ['infra/local/token.ts', ['--surprise'], "Unknown option '--surprise'."],
  ['infra/local/token.ts', [], 'Whose token?'],
  ['infra/local/token.ts', ['EMPEROR'], 'Nobody here is EMPEROR.'],
])('%s %j says how it is called', (file, args, begins) => {
  const { status, stdout, stderr } = command(file, ...args);
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(stderr.startsWith(begins), stderr).toBe(true);
  expect(stderr).toContain('Usage: npm run ');
  expect(stderr).not.toMatch(/^ {4}at /m);
});

it.each([
  ['infra/ops.ts', ['bootstrap', '--email', 'a@b.example', '--local', '/nowhere']],
  ['infra/fsck.ts', ['--local', '/nowhere']],
  ['infra/local/token.ts', ['SYSTEM_ADMINISTRATOR', '--data', '/nowhere']],
])('%s %j says that no stack runs there, in one sentence', (file, args) => {
  const { status, stderr } = command(file, ...args);
  expect(status).toBe(1);
  expect(stderr).toMatch(/^No stack is running [^\n]*\n$/);
});
