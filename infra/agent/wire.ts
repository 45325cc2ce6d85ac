import { Agent, type IncomingMessage, request } from 'node:http';
import { Agent as SecureAgent, request as secureRequest } from 'node:https';
import type { Call } from './identity.ts';

/** How the agents’ API is reached. */
export interface Way {
  readonly url: string;
  /** `http://user:password@host:port` */
  readonly proxy?: string | undefined;
}

export interface Answer {
  readonly status: number;
  /** The JSON; empty where there is none. */
  readonly body: Readonly<Record<string, unknown>>;
  /** What the answer asks to wait before the next call. */
  readonly waitSeconds: number | undefined;
}

const patienceMs = 20_000;
const mostBytes = 1_048_576;

/** Sends one call and reads its answer; rejects where none comes. */
export function exchange(way: Way, call: Call, headers: Readonly<Record<string, string>>): Promise<Answer> {
  const url = new URL(call.path, way.url);
  const [send, Through] =
    url.protocol === 'https:' ? ([secureRequest, SecureAgent] as const) : ([request, Agent] as const);
  // Node itself speaks to the proxy: with CONNECT for https, with the whole address for http.
  const proxyEnv = way.proxy === undefined ? {} : { HTTP_PROXY: way.proxy, HTTPS_PROXY: way.proxy };
  const options = {
    method: call.method,
    agent: new Through({ proxyEnv }),
    signal: AbortSignal.timeout(patienceMs),
    headers: { ...headers, 'content-length': String(call.bytes.length) },
  };
  return new Promise((resolve, reject) => {
    const sent = send(url, options, (response) => read(response).then(resolve, reject));
    sent.once('error', reject);
    sent.end(call.bytes);
  });
}

async function read(response: IncomingMessage): Promise<Answer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > mostBytes) throw new Error('The answer is too long');
    chunks.push(chunk);
  }
  const seconds = Number(response.headers['retry-after']);
  return {
    status: response.statusCode ?? 0,
    body: parse(Buffer.concat(chunks).toString('utf8')),
    waitSeconds: seconds > 0 ? seconds : undefined,
  };
}

function parse(text: string): Answer['body'] {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    // A gateway's or proxy's own page.
    return {};
  }
}
