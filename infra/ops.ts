import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { faultsOf } from '../lib/access/removal-report.ts';
import { toNode } from '../lib/aws/auth.ts';
import { commit, get } from '../lib/aws/db.ts';
import { settle } from '../lib/aws/settle.ts';
import { now } from '../lib/aws/world.ts';
import { enableMspOnPremises } from '../lib/helpdesk/enablement.ts';
import { enablementOf } from '../lib/helpdesk/store.ts';
import { platformId } from '../lib/kit/id.ts';
import { nodeKey } from '../lib/kit/keys.ts';
import { Problem } from '../lib/kit/problem.ts';
import { bootstrap } from './bootstrap.ts';
import { attach } from './local/attach.ts';
import { failed, misused, readCommand } from './local/command.ts';
import { announceAgain, list, sendBack } from './ops-letters.ts';
import { behind, sayBehind, settleRestore } from './restore.ts';

const usage = `Usage: npm run ops -- <command>

  bootstrap --email <address> --name <name>    the root of the tree and its first platform operator and handler
  enable-msp --provider <id> [--dry-run]       MSP mode of an on-premises provider, with the same checks as the API
  verify-report <file>                         whether the report of a removal says what was signed; needs no table
  dead-letters [--queue <name>]                what was given up: whose it is, since when and why
  redrive --queue <name or all>                sends it back to its queues, and tries again; --dry-run tells what, --max
          [--since <moment>] [--max <number>]  how many of each queue; \`outbox\` announces again what the stream's reader
          [--from <folder>] [--dry-run]        gave up (--from: what was in the bucket of failures)
  announce --since <moment> [--until <moment>] announces again what the table says was announced then
           [--tenant <id>] [--dry-run]
  settle-restore [--dry-run]                   after a restore, before anybody writes: mails that were to be sent then are
                                               given up, open sessions end; what else lets somebody in is listed

\`dead-letters\` and \`redrive\` find the queues by their tags (--installation <stack> where an account has several); reasons
stand in the reactions' logs (--logs <file>, what \`aws logs filter-log-events\` printed). \`announce\` and \`outbox\` need
BUS_NAME. It writes to the table TABLE_NAME with the AWS credentials of the environment; with --local <dir> to the local
stack that runs there (.data by default for npm start).`;

/** What a command that is there lacks. */
const wanting: Readonly<Record<string, string>> = {
  bootstrap: '`bootstrap` needs --email.',
  'enable-msp': '`enable-msp` needs --provider.',
  redrive: '`redrive` needs --queue: a subscriber, a schedule, `outbox` or `all`.',
  announce: '`announce` needs --since.',
  'verify-report': '`verify-report` needs the file of the report.',
};

const config = {
  allowPositionals: true,
  options: {
    email: { type: 'string' },
    name: { type: 'string' },
    provider: { type: 'string' },
    local: { type: 'string' },
    installation: { type: 'string' },
    queue: { type: 'string' },
    since: { type: 'string' },
    until: { type: 'string' },
    max: { type: 'string' },
    from: { type: 'string' },
    tenant: { type: 'string' },
    logs: { type: 'string' },
    'dry-run': { type: 'boolean', default: false },
  },
} as const;
const { values, positionals } = readCommand(config, usage);
const [command, ...named] = positionals;
const [file, ...more] = command === 'verify-report' ? named : ['', ...named];
if (more.length > 0) misused(usage, `One command at a time: what is ${more[0]}?`);

try {
  if (values.local) attach(values.local);
  await run(command);
} catch (error) {
  failed(error instanceof Problem ? new Error(`${error.type.code}: ${error.detail}`) : error);
}

async function run(command: string | undefined): Promise<void> {
  if (command === 'bootstrap' && values.email) {
    const { email, name = 'Platform Operator' } = values;
    await bootstrap({ people: [{ name, email, roles: ['PLATFORM_OPERATOR', 'HELP_DESK_HANDLER'] }] });
    console.log(`The platform is there, and ${email} may sign in.`);
  } else if (command === 'enable-msp' && values.provider) {
    await enableMsp(values.provider, values['dry-run']);
  } else if (command === 'verify-report' && file) {
    verify(file);
  } else if (command === 'dead-letters') {
    await list(values);
  } else if (command === 'redrive' && values.queue) {
    await sendBack(values);
  } else if (command === 'settle-restore') {
    await settleTable(values['dry-run']);
  } else if (command === 'announce' && values.since) {
    await announceAgain(values);
  } else {
    misused(usage, wanting[command ?? '']);
  }
}

async function settleTable(dryRun: boolean): Promise<void> {
  const found = await behind();
  for (const line of sayBehind(found)) console.log(line);
  if (dryRun) return console.log('Dry run: nothing was changed.');
  const left = await settleRestore(found);
  if (left.length > 0) throw new Error(`Run it again; left are ${left.length}:\n${left.join('\n')}`);
  console.log('Nothing of before the restore is sent any more, and no session is open.');
}

async function enableMsp(providerId: string, dryRun: boolean): Promise<void> {
  const target = toNode(await get(nodeKey(providerId), true));
  if (!target) throw new Error(`There is no provider ${providerId}.`);
  const enablement = await enablementOf(providerId);
  const at = now();
  const plan = enableMspOnPremises(enablement, at);
  for (const { code, description } of plan.reply.body?.effects ?? [])
    console.log(`- ${code}: ${description}`);
  if (dryRun) return console.log('Dry run: nothing was changed.');
  const actor = { id: 'ops', kind: 'operator', home: platformId } as const;
  await commit(
    settle(plan, { actor, target, now: at, requestId: randomUUID() }),
    randomUUID(),
    Date.now() + 10_000,
  );
  console.log(`MSP mode of ${providerId} is enabled.`);
}

function verify(path: string): void {
  const faults = faultsOf(JSON.parse(readFileSync(path, 'utf8')));
  if (faults.length > 0) throw new Error(`The report in ${path} is not whole: ${faults.join('; ')}.`);
  console.log(`The report in ${path} is whole.`);
}
