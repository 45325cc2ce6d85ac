import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningStack, startStack } from '../../infra/local/stack.ts';
import type { GatewayEvent } from '../../lib/aws/request.ts';
import { writeAssembly } from './fixture.ts';

let stack: RunningStack;
const dir = mkdtempSync(join(tmpdir(), 'runner-'));
const warnings: string[] = [];

beforeAll(async () => {
  stack = await startStack({
    dir,
    assembly: writeAssembly(),
    longestRetrySeconds: 0.1,
    warn: (sentence) => warnings.push(sentence),
  });
});

afterAll(async () => {
  await stack.stop();
  rmSync(dir, { recursive: true, force: true });
});

const get = (path: string, headers: Record<string, string> = {}) => fetch(stack.url + path, { headers });
const put = (id: string, ev?: string) =>
  fetch(`${stack.url}/items`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ id, ev }),
  });

describe('the way of a change', () => {
  it('leads from HTTP over table, stream, bus and queue to a mail', async () => {
    expect((await put('first', 'order.placed')).status).toBe(201);
    expect((await put('silent')).status).toBe(201);
    expect((await put('elsewhere', 'invoice.sent')).status).toBe(201);
    await stack.idle(60);
    const mails = await stack.mails();
    expect(mails.map(({ subject }) => subject)).toEqual(['first']);
    expect(mails[0]).toMatchObject({
      from: 'shop@example.com',
      to: ['a@example.org', 'b@example.org'],
      configurationSet: 'set',
      tags: { notice: 'first' },
    });
    const { emails } = (await (await fetch(`${stack.inboxUrl}/store`)).json()) as {
      emails: { subject: string }[];
    };
    expect(emails.map(({ subject }) => subject)).toEqual(['first']);
    expect(stack.denials()).toEqual([]);
  });

  it('gives up a poisonous record alone, whole, into the failure bucket', async () => {
    await Promise.all([put('p1', 'order.one'), put('p2', 'poison'), put('p3', 'order.two')]);
    await stack.idle(60);
    const subjects = (await stack.mails()).map(({ subject }) => subject);
    expect(subjects).toEqual(expect.arrayContaining(['p1', 'p3']));
    const root = join(dir, 'failures');
    const files = readdirSync(root, { recursive: true })
      .map(String)
      .filter((name) => name.endsWith('.json'));
    expect(files).toHaveLength(1);
    const kept = JSON.parse(readFileSync(join(root, files[0] ?? ''), 'utf8'));
    expect(kept.requestContext.condition).toBe('RetryAttemptsExhausted');
    expect(JSON.parse(kept.payload).Records[0].dynamodb.NewImage.SK).toEqual({ S: 'p2' });
  });

  it('moves a message that keeps failing to the dead letters', async () => {
    await put('bad-1', 'order.bad');
    await put('good-1', 'order.good');
    await stack.idle(60);
    expect(Object.values(stack.deadLetters())).toEqual([1]);
    expect((await stack.mails()).map(({ subject }) => subject)).toContain('good-1');
  });

  it('tells which grants nobody used', () => {
    const unused = stack.unusedGrants().map(({ function: name, action }) => `${name} ${action}`);
    expect(unused).toContain('Api dynamodb:DeleteItem');
    expect(unused).not.toContain('Api dynamodb:PutItem');
    expect(unused).not.toContain('Outbox s3:PutObject');
    expect(unused).not.toContain('Mailer sqs:ChangeMessageVisibility');
  });
});

describe('the gateway', () => {
  it('gives the function payload 2.0', async () => {
    const response = await fetch(`${stack.url}/echo?a=1&a=2&b=%20x`, {
      method: 'PUT',
      headers: { 'X-Some': 'Value', cookie: 'one=1; two=2', 'content-type': 'application/octet-stream' },
      body: new Uint8Array([0, 255]),
    });
    const { event, env } = (await response.json()) as {
      event: GatewayEvent;
      env: Record<string, string>;
    };
    expect(event).toMatchObject({
      version: '2.0',
      routeKey: 'ANY /echo',
      rawPath: '/echo',
      rawQueryString: 'a=1&a=2&b=%20x',
      queryStringParameters: { a: '1,2', b: ' x' },
      cookies: ['one=1', 'two=2'],
      body: 'AP8=',
      isBase64Encoded: true,
      requestContext: { http: { method: 'PUT', path: '/echo' }, stage: '$default', routeKey: 'ANY /echo' },
    });
    expect(event.headers['x-some']).toBe('Value');
    expect(event.headers.cookie).toBeUndefined();
    expect(env.PUBLIC_URL).toBe(stack.url);
    expect(env.HOME).toBeUndefined();
    expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
  });

  it('decodes path parameters and prefers the fixed route', async () => {
    const { event } = (await (await get('/things/a%2Fb%20c')).json()) as { event: GatewayEvent };
    expect(event.pathParameters).toEqual({ id: 'a/b c' });
    expect((await get('/things/mine')).status).toBe(401);
    expect((await get('/things/%E0%A4%A')).status).toBe(400);
  });

  it('answers for itself where no function does', async () => {
    const missing = await get('/nothing');
    expect([missing.status, await missing.json()]).toEqual([404, { message: 'Not Found' }]);
    expect((await get('/things/')).status).toBe(404);
    const thrown = await get('/throw');
    expect([thrown.status, await thrown.json()]).toEqual([500, { message: 'Internal Server Error' }]);
    expect((await get('/exit')).status).toBe(500);
    expect((await get('/slow')).status).toBe(500);
    expect((await get('/large')).status).toBe(500);
    expect(await (await get('/plain')).json()).toEqual({ hello: 'world' });
  });

  it('limits headers to 10,240 bytes and bodies to what Lambda takes', async () => {
    expect((await get('/plain', { 'x-long': 'y'.repeat(10_240) })).status).toBe(431);
    expect(await post('/echo', 11 * 1024 * 1024)).toBe(413);
    expect(await post('/echo', 7 * 1024 * 1024)).toBe(413);
  });

  it('lets in a signed-in caller with flat claims', async () => {
    const token = await stack.token('someone@example.com');
    const response = await get('/things/mine', { authorization: `Bearer ${token}` });
    expect(response.status).toBe(200);
    const { event } = (await response.json()) as { event: GatewayEvent };
    expect(event.requestContext.authorizer.jwt).toMatchObject({
      claims: { tenant: 'T1', roles: 'A B', aud: 'quartermaster', token_use: 'access', version: '2' },
      scopes: ['quartermaster/api'],
    });
    await expect(stack.token('nobody@example.com')).rejects.toThrow('not a member');
  });
});

function post(path: string, bytes: number): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const outgoing = request(stack.url + path, { method: 'POST', headers: { 'content-type': 'text/plain' } });
    outgoing.once('response', (response) => {
      resolve(response.statusCode);
      response.resume();
      outgoing.destroy();
    });
    outgoing.once('error', reject);
    outgoing.end('z'.repeat(bytes));
  });
}
