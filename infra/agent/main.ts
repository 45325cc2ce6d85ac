import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { openFolder } from './files.ts';
import { machine as thisMachine } from './identity.ts';
import { openLine } from './line.ts';
import { openMachine } from './machine.ts';
import { openMemory } from './memory.ts';
import { openProbe } from './probe.ts';
import { scan } from './scan.ts';

const usage = `Usage: npm run agent -- --url <agents’ address> --state <folder> [--key <enrolment key>]
  [--inventory <file.csv>] [--live] [--scan <seconds>] [--proxy http://user:password@host:port] [--once] [--machine]

  --state      keeps key pair, count and what waits to be sent; one agent a folder
  --key        needed once; or AGENT_KEY in the environment, where no list of processes shows it
  --inventory  CSV with the columns type, externalId, name; read anew at each look
  --live       also this host’s interfaces, and the ports on which something listens on loopback
  --scan       how often to look (300)
  --proxy      on the way to the address; or AGENT_PROXY in the environment
  --once       one turn, then end: 0 where everything was said
  --machine    stands for this machine in its customer’s console, not for a probe: PACKAGE_TOKEN in the environment
               holds the token of an installation package; the policy is kept in <folder>/policy.json`;

process.exitCode = await main().catch((error: Error) => {
  process.stderr.write(`${error.message}\n`);
  return 1;
});

function say(line: string): void {
  process.stdout.write(`${new Date().toISOString().slice(11, 19)} ${line}\n`);
}

type Options = ReturnType<typeof readOptions>;

function readOptions() {
  const text = { type: 'string' } as const;
  const options = {
    ...{ url: text, key: text, state: text, inventory: text, scan: text, proxy: text },
    live: { type: 'boolean', default: false },
    once: { type: 'boolean', default: false },
    machine: { type: 'boolean', default: false },
  } as const;
  try {
    const { values } = parseArgs({ options });
    const { url = '', state = '', scan: every = '300' } = values;
    const { key = process.env.AGENT_KEY, proxy = process.env.AGENT_PROXY } = values;
    const scanSeconds = Number(every);
    if (state === '' || !/^https?:/.test(url) || !(scanSeconds > 0)) throw new Error('Something is missing.');
    new URL(url);
    if (proxy !== undefined) new URL(proxy);
    return { ...values, url, state, key, proxy, scanSeconds };
  } catch (error) {
    throw new Error(`${(error as Error).message}\n${usage}`);
  }
}

/** What a turn of this process is: answers how many seconds to wait for the next one, undefined where there is none. */
function openAgent({ url, state, key, proxy, inventory, live, scanSeconds, ...how }: Options): {
  turn(): Promise<number | undefined>;
  isSaid(): boolean;
} {
  const folder = openFolder(state);
  const memory = openMemory(folder);
  if (how.machine) {
    const line = openLine(memory, { url, proxy }, thisMachine(), 'Machine');
    const keepPolicy = (policy: unknown) =>
      policy === undefined ? folder.remove('policy.json') : folder.write('policy.json', policy);
    return openMachine({ memory, line, packageToken: process.env.PACKAGE_TOKEN, say, keepPolicy });
  }
  const sources = inventory !== undefined || live;
  return openProbe({
    ...{ memory, scanSeconds, say },
    line: openLine(memory, { url, proxy }),
    enrolmentKey: key,
    scan: sources ? () => scan({ inventory, live }, say) : undefined,
  });
}

async function main(): Promise<number> {
  const options = readOptions();
  const agent = openAgent(options);
  const ending = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => ending.abort());
  while (!ending.signal.aborted) {
    const seconds = await agent.turn();
    if (seconds === undefined) break;
    if (options.once) return agent.isSaid() ? 0 : 1;
    await sleep(seconds * 1000, undefined, { signal: ending.signal }).catch(() => {});
  }
  say('ends');
  return 0;
}
