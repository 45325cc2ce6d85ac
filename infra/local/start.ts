import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readArguments } from './arguments.ts';
import { addressFile } from './attach.ts';
import { Stop } from './failure.ts';
import { readHeartbeats } from './heartbeats.ts';
import { lock } from './lock.ts';
import { people } from './people.ts';
import { type Samba, startSamba } from './samba.ts';
import { startStack } from './stack.ts';

const options = {
  data: { type: 'string', default: '.data' },
  port: { type: 'string' },
  directory: { type: 'string' },
  heartbeat: { type: 'string' },
} as const;
const usage =
  'Usage: npm start -- [--data <directory>] [--port <number>] [--directory samba] [--heartbeat <seconds>]';

const values = readValues();
await main().catch(fail);

function readValues() {
  try {
    return readArguments({ options }, usage).values;
  } catch (error) {
    return fail(error);
  }
}

function fail(error: unknown): never {
  console.error(error instanceof Stop ? error.message : error);
  process.exit(1);
}

async function main(): Promise<void> {
  const [major = 0] = process.versions.node.split('.').map(Number);
  if (major < 24)
    throw new Stop(`Quartermaster needs Node 24, and this is ${process.version}: use \`npm start\`.`);
  await refuseSecond(values.data);
  lock(values.data);
  const began = performance.now();
  const seconds = () => ((performance.now() - began) / 1000).toFixed(1);
  const directory = await openDirectory(values.directory);
  const stack = await startStack({
    dir: values.data,
    locked: true,
    directory,
    ...(values.heartbeat === undefined ? {} : { heartbeats: readHeartbeats(values.heartbeat) }),
    ports: readPorts(),
    lost: () => {
      console.error('The DynamoDB engine ended by itself: the stack ends too.');
      process.exit(1);
    },
    progress: (line) => console.log(`[${seconds()} s] ${line}`),
  });
  let ending = false;
  const end = () => {
    if (ending) return process.exit(130);
    ending = true;
    console.log('\nStopping…');
    Promise.all([stack.stop(), directory?.stop()]).then(() => process.exit(0));
  };
  process.on('SIGINT', end);
  process.on('SIGTERM', end);
  const elsewhere = values.data === '.data' ? '' : ` --data ${values.data}`;
  const roles = Object.entries(people).map(
    ([role, email]) => `    npm run -s token -- ${`${role}${elsewhere}`.padEnd(22)} # ${email}`,
  );
  console.log(`
Quartermaster is ready after ${seconds()} s.

  API      ${stack.url}
  Docs     ${stack.url}/docs
  Agents   ${stack.agentUrl}
  Inbox    ${stack.inboxUrl}
  Issuer   ${stack.issuerUrl}
  IAM      ${stack.controlUrl}/local/iam

  A token (or the address of any member):
${roles.join('\n')}

  curl -H "authorization: Bearer $(npm run -s token -- PLATFORM_OPERATOR${elsewhere})" ${stack.url}/v1/me

${directory ? `  LDAP     ${directory.url} (${directory.user}, ${directory.password}), authority ${directory.authorityFile}\n\n` : ''}  Data and logs are in ${values.data}. Ctrl-C ends everything.
`);
}

async function openDirectory(kind: string | undefined): Promise<Samba | undefined> {
  if (kind === undefined) return undefined;
  if (kind !== 'samba') throw new Stop(`--directory ${kind} is not known; there is --directory samba.`);
  console.log('Starting the Samba domain controller…');
  return startSamba({ dir: join(values.data, 'samba') });
}

function readPorts() {
  const base = Number(values.port ?? process.env.PORT ?? 4000);
  if (!Number.isInteger(base) || base < 0 || base > 65_531)
    throw new Stop(`--port ${values.port} is not a port.`);
  const read = (name: string, offset: number) =>
    Number(process.env[name] ?? (base === 0 ? 0 : base + offset));
  return {
    api: base,
    issuer: read('ISSUER_PORT', 1),
    inbox: read('INBOX_PORT', 2),
    proxy: read('PROXY_PORT', 3),
    agents: read('AGENTS_PORT', 4),
  };
}

async function refuseSecond(dir: string): Promise<void> {
  const file = join(dir, addressFile);
  if (!existsSync(file)) return;
  const { url, controlUrl } = JSON.parse(readFileSync(file, 'utf8')) as { url: string; controlUrl: string };
  const told = await fetch(`${controlUrl}/local/addresses`)
    .then((response) => response.json())
    .catch(() => undefined);
  if ((told as { url?: string } | undefined)?.url === url)
    throw new Stop(`A stack already runs on ${dir}: ${url}`);
}
