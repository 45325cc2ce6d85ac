import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A bucket that takes each object once, and whatever was asked of it. */
export interface TestBucket {
  readonly objects: ReadonlyMap<string, string>;
  readonly asked: readonly string[];
  /** Answers this instead, until it is undefined. */
  refuse(status: number | undefined): void;
  close(): void;
}

/** Opens one and names it in the environment; closing gives the environment back. */
export async function openBucket(): Promise<TestBucket> {
  const objects = new Map<string, string>();
  const asked: string[] = [];
  let refusal: number | undefined;
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    asked.push(`${request.method} ${request.url} ${request.headers['if-none-match']}`);
    if (refusal !== undefined) return void response.writeHead(refusal).end('<Error/>');
    const held = objects.get(request.url ?? '');
    if (request.method === 'GET') return void response.writeHead(held === undefined ? 404 : 200).end(held);
    const there = held !== undefined;
    if (!there) objects.set(request.url ?? '', body);
    response.writeHead(there ? 412 : 200).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // Whoever does not close it is not held by it.
  server.unref();
  const names = {
    ANCHOR_BUCKET: 'anchors',
    AWS_ENDPOINT_URL_S3: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
  };
  const before = Object.keys(names).map((name) => [name, process.env[name]] as const);
  Object.assign(process.env, names);
  return {
    objects,
    asked,
    refuse(status) {
      refusal = status;
    },
    close() {
      for (const [name, value] of before) {
        if (value === undefined) delete process.env[name];
        else process.env[name] = value;
      }
      server.close();
      server.closeAllConnections();
    },
  };
}
