import { connect, type Socket } from 'node:net';
import type { Answer, Sent } from '../../lib/aws/exchange.ts';

const headEnd = Buffer.from('\r\n\r\n');

/** Connections to one engine: as many as the deployed client has at most, for more than that an engine refuses. */
interface Lines {
  readonly free: Socket[];
  readonly waiting: (() => void)[];
  busy: number;
}
const most = 50;
const all = new Map<string, Lines>();

/** The same exchange with an engine for a fraction of the processor's time: one write and one read each. */
export async function shortly(sent: Sent): Promise<Answer> {
  const { hostname, port, pathname, host } = sent.place;
  const body = Buffer.from(sent.body);
  const said = Object.entries(sent.headers).map(([name, value]) => `${name}: ${value}`);
  const lines = [`${sent.method} ${pathname} HTTP/1.1`, ...said, `content-length: ${body.length}`];
  const to = all.get(host) ?? { free: [], waiting: [], busy: 0 };
  all.set(host, to);
  if (to.busy >= most) await new Promise<void>((resolve) => to.waiting.push(resolve));
  else to.busy++;
  try {
    const socket = to.free.pop() ?? connect({ host: hostname, port: Number(port), noDelay: true });
    const heard = hear(socket, to);
    socket.write(Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`), body]));
    const answer = await heard;
    if (!socket.destroyed) to.free.push(socket);
    return answer;
  } finally {
    // Who waits takes the place over.
    const next = to.waiting.shift();
    if (next) next();
    else to.busy--;
  }
}

/** The next answer that comes in. */
function hear(socket: Socket, { free }: Lines): Promise<Answer> {
  return new Promise((resolve, reject) => {
    let said: Buffer | undefined;
    let head: { status: number; headers: Record<string, string>; from: number; to: number } | undefined;
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
      const { status, headers, from, to } = head;
      const text = said.toString('utf8', from, to);
      socket.unref();
      settle(() => resolve({ status, headers, text }));
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
  return { status: Number(first.split(' ')[1]), headers, from, to: from + length };
}
