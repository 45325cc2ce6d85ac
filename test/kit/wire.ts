import { connect, type Socket } from 'node:net';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { answerOf, isPlain, textOf } from './brief.ts';

/** The SDK's request, as far as our engine looks at it. */
interface Request {
  readonly hostname: string;
  readonly port?: number;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

type Place = Pick<Request, 'hostname' | 'port' | 'path'>;

interface Response {
  readonly statusCode: number;
  readonly headers: Record<string, string>;
  readonly body: Uint8Array;
}

// The engine wants a call to be signed, and does not look by whom.
const signed =
  'AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=host;x-amz-date, Signature=0';
const unsent = new Set(['host', 'content-length', 'authorization', 'accept-encoding', 'connection']);
const headEnd = Buffer.from('\r\n\r\n');

/** Connections to one engine: as many as the deployed client has at most, for more than that an engine refuses. */
interface Lines {
  readonly free: Socket[];
  readonly waiting: (() => void)[];
  busy: number;
}
const most = 50;
const all = new Map<string, Lines>();

const short = new WeakSet<DynamoDBClient>();

/**
 * The same calls of the same engine for a fraction of the processor's time: one write and one read each, no signature,
 * and what the engine speaks is read as it is. What goes wrong on the way goes the SDK's own way. The client keeps its
 * middleware after its first call: before that.
 */
export function shorten(client: DynamoDBClient): void {
  if (short.has(client)) return;
  short.add(client);
  let place: Place | undefined;
  const learn = (request: Request) => {
    place = request;
    return send(request);
  };
  client.middlewareStack.remove('httpSigningMiddleware');
  Object.assign(client.config, {
    requestHandler: { handle: learn, metadata: { handlerProtocol: 'http/1.1' }, destroy() {} },
  });
  client.middlewareStack.add(
    (next, { commandName = '' }) =>
      async (args) => {
        if (!place || !isPlain(commandName)) return next(args);
        const headers = {
          'content-type': 'application/x-amz-json-1.0',
          'x-amz-target': `DynamoDB_20120810.${commandName.slice(0, -'Command'.length)}`,
        };
        const { hostname, port, path } = place;
        const sent = { hostname, path, headers, body: textOf(args.input), ...(port ? { port } : {}) };
        const answer = await send(sent).catch(() => undefined);
        if (!answer || answer.response.statusCode >= 500) return next(args);
        return { response: answer.response, output: answerOf(answer.response) as never };
      },
    { step: 'initialize', priority: 'low', name: 'brief' },
  );
}

async function send(request: Request): Promise<{ response: Response }> {
  const place = `${request.hostname}:${request.port}`;
  const body =
    typeof request.body === 'string' ? Buffer.from(request.body) : (request.body ?? new Uint8Array());
  const lines = [
    `POST ${request.path} HTTP/1.1`,
    `host: ${place}`,
    `authorization: ${signed}`,
    'x-amz-date: 20260101T000000Z',
    `content-length: ${body.length}`,
  ];
  for (const [name, value] of Object.entries(request.headers)) {
    if (!unsent.has(name)) lines.push(`${name}: ${value}`);
  }
  const to = all.get(place) ?? { free: [], waiting: [], busy: 0 };
  all.set(place, to);
  if (to.busy >= most) await new Promise<void>((resolve) => to.waiting.push(resolve));
  else to.busy++;
  try {
    const socket =
      to.free.pop() ?? connect({ host: request.hostname, port: Number(request.port), noDelay: true });
    const heard = hear(socket, to);
    socket.write(Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`), body]));
    const response = await heard;
    if (!socket.destroyed) to.free.push(socket);
    return { response };
  } finally {
    // Who waits takes the place over.
    const next = to.waiting.shift();
    if (next) next();
    else to.busy--;
  }
}

/** The next answer that comes in. */
function hear(socket: Socket, { free }: Lines): Promise<Response> {
  return new Promise((resolve, reject) => {
    let said: Buffer | undefined;
    let head: { statusCode: number; headers: Record<string, string>; from: number; to: number } | undefined;
    const forget = () => {
      if (free.includes(socket)) free.splice(free.indexOf(socket), 1);
    };
    const settle = (act: () => void) => {
      socket.removeAllListeners();
      // Between two calls the connection holds no process up, and nobody hears of its end.
      socket.on('error', forget).on('close', forget);
      act();
    };
    socket.ref();
    socket.on('data', (chunk) => {
      said = said ? Buffer.concat([said, chunk as Buffer]) : (chunk as Buffer);
      head ??= readHead(said);
      if (head && Number.isNaN(head.to)) {
        socket.destroy();
        return settle(() => reject(new Error('The engine does not say how long its answer is')));
      }
      if (!head || said.length < head.to) return;
      const { statusCode, headers, from, to } = head;
      const body = said.subarray(from, to);
      socket.unref();
      settle(() => resolve({ statusCode, headers, body }));
    });
    const lost = () => settle(() => reject(Object.assign(new Error('lost'), { code: 'ECONNRESET' })));
    socket.on('error', lost).on('close', lost);
  });
}

function readHead(said: Buffer) {
  const end = said.indexOf(headEnd);
  if (end < 0) return undefined;
  const [first = '', ...lines] = said.toString('latin1', 0, end).split('\r\n');
  const headers: Record<string, string> = {};
  for (const line of lines) {
    const colon = line.indexOf(':');
    headers[line.slice(0, colon).toLowerCase()] = line.slice(colon + 1).trim();
  }
  const from = end + headEnd.length;
  const length = Number(headers['content-length']);
  return { statusCode: Number(first.split(' ')[1]), headers, from, to: from + length };
}
