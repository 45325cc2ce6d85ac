import { gzipSync } from 'node:zlib';
import { type Call, machine, prove, type Scheme } from './identity.ts';
import type { Configuration, Memory } from './memory.ts';
import { type Answer, exchange, type Way } from './wire.ts';

/** A call that came to nothing. `ended`: it would every time; else it may be sent again after `waitSeconds`. */
export class Unheard extends Error {
  readonly ended: boolean;
  readonly waitSeconds: number | undefined;
  /** What a refusal tells to do. */
  readonly commands: readonly unknown[];

  constructor(
    message: string,
    more: { ended?: boolean; waitSeconds?: number | undefined; commands?: unknown } = {},
  ) {
    super(message);
    this.ended = more.ended ?? false;
    this.waitSeconds = more.waitSeconds;
    this.commands = Array.isArray(more.commands) ? more.commands : [];
  }
}

/** The agent’s side of the connection: each call with a count of its own, one after the other. */
export interface Line {
  /** Registers the key pair `key`, whose public key is in the body. */
  enrol(path: string, key: string, body: unknown): Promise<Answer>;
  /** Calls as the probe or the machine; answers 2xx, and refusals of what was sent: 400, 404, 409, 413, 415, 422. */
  call(method: 'GET' | 'POST', path: string, body?: unknown): Promise<Answer>;
}

const packFrom = 1024;
const ofTheProxy = [407, 502, 504];

export function openLine(memory: Memory, given: Way, host = machine(), scheme: Scheme = 'Probe'): Line {
  let way = 0;
  const send = async (call: Call, headers: Record<string, string>): Promise<Answer> => {
    const ways = waysOf(given, memory.self().configuration);
    const taken = ways[way % ways.length] ?? given;
    const answer = await exchange(taken, call, headers).catch((error: Error) => error);
    const lost = answer instanceof Error;
    // The way that people have set up may lead nowhere; the next call goes the other one.
    if (lost || ofTheProxy.includes(answer.status)) way++;
    if (lost) throw new Unheard(`No answer: ${answer.message}`);
    return answer;
  };
  const called = async (call: Call, type: Record<string, string>): Promise<Answer> => {
    const { key = '', certificate, count: before } = memory.self();
    const count = before + 1;
    // On the disk before it is sent: a count is never used twice, whatever ends this process.
    memory.keep({ count });
    return send(call, { ...prove(call, { key, host, count, certificate, scheme }), ...type });
  };
  return {
    async enrol(path, key, body) {
      const { bytes, type } = pack(body, false);
      const call = { method: 'POST', path, bytes };
      return judge(await send(call, { ...prove(call, { key, host, count: 0 }), ...type }));
    },
    async call(method, path, body) {
      const { bytes, type } = pack(body, /^\/v1\/agent\/(usage|inventory)$/.test(path));
      const answer = await called({ method, path, bytes }, type);
      if (answer.body.code !== 'agent.replayed') return judge(answer);
      // This folder is older than the agent: an older copy was put back.
      memory.keep({ count: Math.max(memory.self().count, Number(answer.body.count)) });
      return judge(await called({ method, path, bytes }, type));
    },
  };
}

function pack(body: unknown, mayPack: boolean): { bytes: Buffer; type: Record<string, string> } {
  if (body === undefined) return { bytes: Buffer.alloc(0), type: {} };
  const bytes = Buffer.from(JSON.stringify(body));
  if (!mayPack || bytes.length < packFrom) return { bytes, type: { 'content-type': 'application/json' } };
  const type = { 'content-type': 'application/gzip', 'content-encoding': 'gzip' };
  return { bytes: gzipSync(bytes), type };
}

const ofTheReport = [400, 404, 409, 413, 415, 422];

function judge(answer: Answer): Answer {
  const { status, body, waitSeconds } = answer;
  if ((status >= 200 && status < 300) || (ofTheReport.includes(status) && body.code)) return answer;
  const why = `Answered ${status} ${body.code ?? ''} ${body.title ?? ''}`.trim();
  const ended = status === 401 && body.code !== 'agent.replayed' && body.code !== undefined;
  throw new Unheard(why, { ended, waitSeconds, commands: body.commands });
}

/** Ways to the API: as people have set it up, then as this agent was told when it was started. */
function waysOf(given: Way, configuration: Configuration | undefined): Way[] {
  const { nat, proxy } = configuration ?? { nat: null, proxy: null };
  const url = nat ? `${nat.protocol.toLowerCase()}://${inUrl(nat.host)}:${nat.port}` : given.url;
  const through = given.proxy ?? (proxy ? proxyUrl(proxy) : undefined);
  if (url === given.url && through === given.proxy) return [given];
  return [{ url, proxy: through }, given];
}

const inUrl = (host: string) => (host.includes(':') ? `[${host}]` : host);

function proxyUrl({ host, port, user, secretRef }: NonNullable<Configuration['proxy']>): string {
  const url = new URL(`http://${inUrl(host)}:${port}`);
  if (user !== undefined) url.username = encodeURIComponent(user);
  const [, name] = /^env:(\w+)$/.exec(secretRef ?? '') ?? [];
  if (name !== undefined) url.password = encodeURIComponent(process.env[name] ?? '');
  return url.href;
}
