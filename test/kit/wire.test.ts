import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { asking, newClient } from '../../lib/aws/dynamo.ts';
import { shortly } from './wire.ts';

let server: Server;
afterEach(() => server.closeAllConnections());

async function answering(
  answers: readonly (string | undefined)[],
): Promise<{ ask: () => Promise<unknown>; ports: Set<number> }> {
  const ports = new Set<number>();
  const left = answers.values();
  server = createServer(({ socket }, response) => {
    ports.add(socket.remotePort ?? 0);
    const text = left.next().value;
    if (text === undefined) return socket.destroy();
    const bytes = Buffer.from(text);
    response.writeHead(200, { 'content-type': 'application/x-amz-json-1.0', 'content-length': bytes.length });
    response.write(bytes.subarray(0, 3));
    setTimeout(() => response.end(bytes.subarray(3)), 5);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const one = newClient();
  const place = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  one.exchange = (sent) => shortly({ ...sent, place });
  const asked = { TableName: 't', Key: { PK: { S: 'Straße' }, SK: { S: 'x' } } };
  return { ask: async () => (await asking(() => one)('GetItem', asked)).Item?.PK?.S, ports };
}

const item = (text: string) => JSON.stringify({ Item: { PK: { S: text } } });

it('answers that come in pieces are put together, over one connection', async () => {
  const long = 'ü'.repeat(200_000);
  const { ask, ports } = await answering([item('Straße'), item(long)]);
  expect(await ask()).toBe('Straße');
  expect(await ask()).toBe(long);
  expect(ports.size).toBe(1);
});

it('a call whose connection is lost is sent again', async () => {
  const { ask, ports } = await answering([item('a'), undefined, item('b')]);
  expect(await ask()).toBe('a');
  expect(await ask()).toBe('b');
  expect(ports.size).toBe(2);
});

it('no more connections than the deployed client has, however many ask at once', async () => {
  const { ask, ports } = await answering(Array.from({ length: 120 }, () => item('a')));
  const all = await Promise.all(Array.from({ length: 120 }, ask));
  expect(new Set(all)).toEqual(new Set(['a']));
  expect(ports.size).toBeLessThanOrEqual(50);
});
