import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, expect, it } from 'vitest';
import { contexts } from '../../functions/contexts.ts';
import type { Template } from '../../infra/local/resolve.ts';
import type { RunningStack, StackOptions } from '../../infra/local/stack.ts';
import { addCustomer, bringUp, mailsTo, openDesk, print, stageOf, until } from '../kit/stack.ts';

const dir = mkdtempSync(join(tmpdir(), 'redrive-'));
let stack: RunningStack | undefined;

afterAll(async () => {
  await stack?.stop();
  rmSync(dir, { recursive: true, force: true });
});

/** Takes the sending of mails from the reactions that send them. */
function breakMails(template: Template): void {
  for (const [id, { Type, Properties }] of Object.entries(template.Resources)) {
    if (Type !== 'AWS::IAM::Policy' || !id.startsWith('NotificationsReactions')) continue;
    const { PolicyDocument } = Properties as {
      PolicyDocument: { Statement: { Action: string | string[] }[] };
    };
    PolicyDocument.Statement = PolicyDocument.Statement.filter(
      ({ Action }) => ![Action].flat().includes('ses:SendEmail'),
    );
  }
}

async function start(options: StackOptions = {}): Promise<RunningStack> {
  await stack?.stop();
  ({ stack } = await bringUp({ dir, longestRetrySeconds: 0.1, ...options }));
  return stack;
}

/** What `npm run ops` says of the local stack. */
function ops(...args: string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['infra/ops.ts', ...args, '--local', dir]);
    let said = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (data) => {
        said += data;
      });
    child.once('error', reject);
    child.once('close', () => {
      print(`$ npm run ops -- ${args.join(' ')}`);
      for (const line of said.trim().split('\n')) print(line);
      resolve(said);
    });
  });
}

const lettersOf = ({ deadLetters }: RunningStack) =>
  Object.values(deadLetters()).filter((count) => count > 0);

const logOf = (name: string) =>
  readdirSync(join(dir, 'logs'))
    .filter((file) => file.includes(name))
    .map((file) => readFileSync(join(dir, 'logs', file), 'utf8'))
    .join('');

/** As if a week had passed since. */
function age(): void {
  const database = new DatabaseSync(join(dir, 'runner.db'));
  database.prepare('UPDATE messages SET sent_at = sent_at - ?').run(7 * 86_400_000);
  database.close();
}

it('what fails six times is set aside, told without a name, and has its effect once when it is redriven a week later', async () => {
  const began = new Date().toISOString();
  const broken = await start({ editTemplate: breakMails });
  const desk = await openDesk(stageOf(broken));
  const [one, gone] = [await addCustomer(desk, 'One'), await addCustomer(desk, 'Gone')];
  for (const { id } of [one, gone]) {
    const path = `/v1/customers/${id}/credits`;
    await desk.admin(`POST ${path}/grants`, { body: { amount: 100 } });
    await desk.admin(`PATCH ${path}/settings`, { body: { alertLimit: 50 }, ifMatch: '*' });
    await desk.admin(`POST ${path}/debits`, { body: { amount: 60 } });
  }
  await broken.idle();
  expect(lettersOf(broken)).toEqual([2]);

  const told = await ops('dead-letters');
  expect(told).toMatch(/^on-balance-low: 2 dead letters, the oldest of \S+ \(\d minutes old\)$/m);
  for (const { id } of [one, gone])
    expect(told).toMatch(new RegExp(`credits.balance_low.v1 of ${id} evt_\\w{26}: AccessDenied`));
  expect(told).not.toMatch(/@|customer\.example|Carla|Ada/);

  expect(await ops('redrive', '--queue', 'on-balance-low')).toMatch(/^2 dead letters redriven$/m);
  await broken.idle();
  expect(lettersOf(broken), 'what fails again comes back').toEqual([2]);

  await desk.admin(`DELETE /v1/customers/${gone.id}`, { ifMatch: '*' });
  await broken.idle();
  await broken.stop();
  stack = undefined;
  age();

  const mended = await start({ hourSeconds: 60 });
  const yesterday = new Date(Date.now() - 86_400_000).toISOString();
  expect(await ops('redrive', '--queue', 'all', '--dry-run')).toMatch(
    /\(7 days old\)[\s\S]*Dry run: nothing was moved\.\n$/,
  );
  expect(await ops('redrive', '--queue', 'all', '--since', yesterday)).toMatch(/^0 dead letters redriven$/m);
  expect(lettersOf(mended)).toEqual([2]);
  expect(await ops('redrive', '--queue', 'on-balance-low', '--max', '1')).toMatch(
    /^1 dead letter redriven$/m,
  );
  await mended.idle();
  expect(lettersOf(mended)).toEqual([1]);
  expect(await ops('redrive', '--queue', 'all')).toMatch(/^1 dead letter redriven$/m);
  await mended.idle();

  const mails = async () => {
    const all = await mended.mails();
    return [one, gone].map(({ address }) =>
      mailsTo(all, address).map(({ subject }) => subject.replace(/^.*: /, '')),
    );
  };
  expect(await mails(), 'nobody is told of a customer that is gone').toEqual([
    ['credit balance below 50'],
    [],
  ]);
  expect(await ops('announce', '--since', began, '--tenant', one.id)).toMatch(
    /^\d+ events announced again$/m,
  );
  await mended.idle();
  expect(await mails(), 'who has seen an event recognizes it').toEqual([['credit balance below 50'], []]);
  expect(lettersOf(mended)).toEqual([]);
  await until(() => logOf('PlatformSchedules').includes('reconciled'));
  expect(mended.denials(), 'the reconciler may do what it does').toEqual([]);
}, 180_000);

it('every queue of a subscriber or schedule can be named', async () => {
  const all = contexts.flatMap(({ subscribers = [], schedules = [] }) => [...subscribers, ...schedules]);
  const said = await ops('redrive', '--queue', 'nobody');
  const known = /There are: (.*)\./.exec(said)?.[1]?.split(', ');
  expect(known?.toSorted()).toEqual(all.map(({ id }) => id).sort());
});
