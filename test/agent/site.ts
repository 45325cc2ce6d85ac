import { mkdtempSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Folder, openFolder } from '../../infra/agent/files.ts';
import { openLine } from '../../infra/agent/line.ts';
import { type Memory, openMemory } from '../../infra/agent/memory.ts';
import { openProbe, type Probe } from '../../infra/agent/probe.ts';
import { scan } from '../../infra/agent/scan.ts';
import type { Way } from '../../infra/agent/wire.ts';
import { close, listen } from '../../infra/local/listen.ts';
import { agentHandler, deliver } from '../kit/agent.ts';

/** What happens to a call on its way: it is lost, its answer is lost, or a gateway answers in its place. */
export type Fault = 'LOSE_CALL' | 'LOSE_ANSWER' | 429 | 503;

/** The agents' API over HTTP, on the real handlers and the real engine. */
export interface Gate {
  readonly url: string;
  /** Consumed one a call; undefined: nothing happens to that one. */
  readonly faults: (Fault | undefined)[];
  readonly calls: string[];
  close(): Promise<void>;
}

async function bodyOf(request: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks);
}

export async function openGate(): Promise<Gate> {
  const [faults, calls]: [(Fault | undefined)[], string[]] = [[], []];
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const bytes = await bodyOf(request);
    const line = `${request.method} ${request.url}`;
    const fault = faults.shift();
    calls.push(fault === undefined ? line : `${line} ${fault}`);
    if (fault === 'LOSE_CALL') return request.socket.destroy();
    if (typeof fault === 'number')
      return response.writeHead(fault, { 'retry-after': '7' }).end('{"message":"Too Many"}');
    const headers = request.headers as Record<string, string>;
    // A handler for each call: its buckets are full.
    const { status, headers: said, body } = await deliver(line, headers, bytes, { handler: agentHandler() });
    if (fault === 'LOSE_ANSWER') return request.socket.destroy();
    return response.writeHead(status, said).end(body === undefined ? undefined : JSON.stringify(body));
  };
  const server = createServer((request, response) => {
    answer(request, response).catch((error: Error) => response.writeHead(500).end(error.message));
  });
  const url = `http://127.0.0.1:${await listen(server, 0, 'gate')}`;
  return { ...{ url, faults, calls }, close: () => close(server) };
}

/** A place with an agent: its folder and its inventory outlive the agent. */
export interface Site {
  readonly dir: string;
  readonly file: string;
  readonly said: string[];
  /** Writes the inventory: names by external id, all of them devices. */
  holds(names: Readonly<Record<string, string>>): void;
  /** Ends the agent and starts it anew. */
  start(options?: {
    key?: string | undefined;
    way?: Partial<Way>;
    host?: string;
    scanSeconds?: number;
  }): void;
  stop(): void;
  turn(): Promise<number>;
  readonly probe: Probe;
  readonly memory: Memory;
}

type Writable = Omit<Site, 'probe' | 'memory'> & { probe?: Probe; memory?: Memory };

export function newSite(gate: Pick<Gate, 'url'>, key: string | undefined, dir = newDir()): Site {
  const file = join(dir, 'things.csv');
  let folder: Folder | undefined;
  const site: Writable = {
    ...{ dir, file, said: [] },
    holds(names) {
      const rows = Object.entries(names).map(([id, name]) => `DEVICE,${id},${name}\r\n`);
      writeFileSync(file, `type,externalId,name\r\n${rows.join('')}`);
    },
    start({ key: given = key, way = {}, host, scanSeconds = 0.000_001 } = {}) {
      folder?.close();
      folder = openFolder(join(dir, 'state'));
      const memory = openMemory(folder);
      site.memory = memory;
      const say = (line: string) => void site.said.push(line);
      site.probe = openProbe({
        ...{ memory, scanSeconds, say, enrolmentKey: given },
        line: openLine(memory, { url: gate.url, ...way }, host),
        scan: () => scan({ inventory: file }, say),
      });
    },
    stop() {
      folder?.close();
      folder = undefined;
    },
    turn: () => (site.probe as Probe).turn(),
  };
  site.holds({});
  site.start();
  return site as Site;
}

export const newDir = (): string => mkdtempSync(join(tmpdir(), 'agent-'));
