import { Agent, createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What becomes of a call of the store: refused for being too much, never sent on, or done without an answer. */
export type Strain = 'throttled' | 'unheard' | 'unanswered';

/** The engine behind a line of its own, on which calls may be strained. */
export interface Line {
  readonly url: string;
  /** The next `times` calls of an action, such as `TransactWriteItems`. */
  readonly strain: (action: string, how: Strain, times?: number) => void;
  readonly relieve: () => void;
  /** How many calls were strained. */
  readonly strained: () => number;
  readonly close: () => void;
}

/** Opens a line to the engine at `endpoint`. */
export async function openLine(endpoint: string): Promise<Line> {
  const strains = new Map<string, { how: Strain; left: number }>();
  const agent = new Agent({ keepAlive: true });
  let count = 0;
  const server = createServer(async (incoming, outgoing) => {
    const body = await bodyOf(incoming);
    const found = strains.get(String(incoming.headers['x-amz-target']).split('.')[1] ?? '');
    const how = found && found.left-- > 0 ? found.how : undefined;
    if (how) count++;
    if (how === 'throttled') return refuse(outgoing);
    if (how === 'unheard') return;
    const { method, headers, url = '/' } = incoming;
    const onward = request(new URL(url, endpoint), { method, headers, agent }, (answer) => {
      if (how === 'unanswered') return answer.resume();
      outgoing.writeHead(answer.statusCode ?? 500, answer.headers);
      return answer.pipe(outgoing);
    });
    onward.end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    strain: (action, how, times = Number.POSITIVE_INFINITY) => void strains.set(action, { how, left: times }),
    relieve: () => strains.clear(),
    strained: () => count,
    close: () => {
      agent.destroy();
      server.closeAllConnections();
      server.close();
    },
  };
}

async function bodyOf(incoming: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of incoming) parts.push(part as Buffer);
  return Buffer.concat(parts);
}

function refuse(outgoing: ServerResponse): void {
  const type = 'com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException';
  outgoing.writeHead(400, { 'content-type': 'application/x-amz-json-1.0' });
  outgoing.end(JSON.stringify({ __type: type, message: 'Rate exceeded' }));
}
