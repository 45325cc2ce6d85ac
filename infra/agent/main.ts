import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { openFolder } from './files.ts';
import { openLine } from './line.ts';
import { openMemory } from './memory.ts';
import { openProbe } from './probe.ts';
import { scan } from './scan.ts';

const usage = `Usage: npm run agent -- --url <agents’ address> --state <folder> [--key <enrolment key>]
  [--inventory <file.csv>] [--live] [--scan <seconds>] [--proxy http://user:password@host:port] [--once]

  --state      keeps key pair, count and what waits to be sent; one agent a folder
  --key        needed once; or AGENT_KEY in the environment, where no list of processes shows it
  --inventory  CSV with the columns type, externalId, name; read anew at each look
  --live       also this host’s interfaces, and the ports on which something listens on loopback
  --scan       how often to look (300)
  --proxy      on the way to the address; or AGENT_PROXY in the environment
  --once       one turn, then end: 0 where everything was said`;

process.exitCode = await main().catch((error: Error) => {
  process.stderr.write(`${error.message}\n`);
  return 1;
});

function say(line: string): void {
  process.stdout.write(`${new Date().toISOString().slice(11, 19)} ${line}\n`);
}

function readOptions() {
  const text = { type: 'string' } as const;
  const options = {
    ...{ url: text, key: text, state: text, inventory: text, scan: text, proxy: text },
    live: { type: 'boolean', default: false },
    once: { type: 'boolean', default: false },
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

async function main(): Promise<number> {
  const { url, state, key, proxy, inventory, live, once, scanSeconds } = readOptions();
  const folder = openFolder(state);
  const memory = openMemory(folder);
  const sources = inventory !== undefined || live;
  const probe = openProbe({
    ...{ memory, scanSeconds, say },
    line: openLine(memory, { url, proxy }),
    enrolmentKey: key,
    scan: sources ? () => scan({ inventory, live }, say) : undefined,
  });
  const ending = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => ending.abort());
  while (!ending.signal.aborted) {
    const seconds = await probe.turn();
    if (once) return probe.isSaid() ? 0 : 1;
    await sleep(seconds * 1000, undefined, { signal: ending.signal }).catch(() => {});
  }
  say('ends');
  return 0;
}
