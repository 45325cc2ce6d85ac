import { createServer, request } from 'node:http';
import { connect } from 'node:net';
import { listen } from './listen.ts';

// A process of its own: an HTTP proxy as sites have them, that lets through whoever knows user and password (PROXY_USER,
// PROXY_PASSWORD). Says its address, then a line for each call.
const { PROXY_USER = '', PROXY_PASSWORD = '' } = process.env;
const expected = `Basic ${Buffer.from(`${PROXY_USER}:${PROXY_PASSWORD}`).toString('base64')}`;
const say = (line: string) => process.stdout.write(`${line}\n`);
const challenge = { 'proxy-authenticate': 'Basic realm="site"' };

const server = createServer((incoming, outgoing) => {
  const { 'proxy-authorization': said, 'proxy-connection': _hop, ...headers } = incoming.headers;
  if (said !== expected) {
    say(`407 ${incoming.method} ${incoming.url}`);
    outgoing.writeHead(407, challenge).end();
    return;
  }
  const fail = () => (outgoing.headersSent ? outgoing.destroy() : outgoing.writeHead(502).end());
  const url = URL.parse(incoming.url ?? '');
  if (url?.protocol !== 'http:') return fail();
  const onward = request(url, { method: incoming.method, headers }, (answer) => {
    say(`${answer.statusCode} ${incoming.method} ${incoming.url}`);
    outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(outgoing);
  });
  onward.on('error', fail);
  incoming.pipe(onward);
});

server.on('connect', (incoming, near, head) => {
  if (incoming.headers['proxy-authorization'] !== expected) {
    say(`407 CONNECT ${incoming.url}`);
    near.end('HTTP/1.1 407 Proxy Authentication Required\r\nproxy-authenticate: Basic realm="site"\r\n\r\n');
    return;
  }
  const { hostname, port } = new URL(`http://${incoming.url}`);
  const far = connect(Number(port || 80), hostname, () => {
    say(`200 CONNECT ${incoming.url}`);
    near.write('HTTP/1.1 200 Connection Established\r\n\r\n');
    far.write(head);
    far.pipe(near).pipe(far);
  });
  for (const [one, other] of [
    [near, far],
    [far, near],
  ] as const)
    one.on('error', () => other.destroy());
});

say(`http://127.0.0.1:${await listen(server, 0, 'proxy')}`);
