import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { crc32 } from 'node:zlib';
import * as sdk from '@aws-sdk/client-dynamodb';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { awsJson, type Client } from '../../lib/aws/aws-json.ts';
import { patience } from '../../lib/aws/world.ts';

/** What the endpoint does with one request: a refusal, an answer, a lost connection, silence. */
type Reply = (request: IncomingMessage, response: ServerResponse) => void;

let server: Server;
let replies: Reply[];
let heard: { target: string; type: string; body: string; at: string; authorization: string }[];
let pauses: number[];
const { env } = process;

const said =
  (status: number, body: object | string, headers: Record<string, string> = {}): Reply =>
  (_, response) => {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    response.writeHead(status, headers).end(text);
  };
const fails = (name: string, more: object = {}, status = 400) =>
  said(status, { __type: `com.amazonaws.dynamodb.v20120810#${name}`, message: name, ...more });
const lost: Reply = ({ socket }) => socket.destroy();

beforeEach(async () => {
  [replies, heard, pauses] = [[], [], []];
  server = createServer(async (request, response) => {
    let body = '';
    for await (const part of request) body += part;
    const { 'x-amz-target': target, 'content-type': type = '', 'x-amz-date': at } = request.headers;
    heard.push({
      ...{ target: String(target), type, body, at: String(at) },
      authorization: request.headers.authorization ?? '',
    });
    (replies.shift() ?? said(200, {}))(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  env.TEST_ENDPOINT = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(() => {
  delete env.TEST_ENDPOINT;
  server.closeAllConnections();
  server.close();
});

function open(): Client {
  const service = { name: 'dynamodb', target: 'DynamoDB_20120810', version: '1.0' } as const;
  const by = { accessKeyId: 'AKIA', secretAccessKey: 'secret', sessionToken: 'token' };
  const client = awsJson({ ...service, endpoint: 'TEST_ENDPOINT' }, async () => by);
  client.pause = async (tried) => void pauses.push(tried);
  return client;
}

const item = { PK: { S: 'Straße' }, n: { N: '1' }, list: { L: [{ BOOL: true }, { NULL: true }] } };
const outcome = (sending: Promise<object>) =>
  sending.then(
    (answer) => ({ answer }),
    (error: Error & { CancellationReasons?: unknown; Item?: unknown }) => {
      const { name, message, CancellationReasons, Item } = error;
      return { name, message, CancellationReasons, Item };
    },
  );

it('asks what the SDK asks: target, media type, body', async () => {
  const theirs = new sdk.DynamoDBClient({ endpoint: env.TEST_ENDPOINT ?? '' });
  const key = { TableName: 'table', Key: { PK: { S: 'ü' }, SK: { S: '#' } }, ConsistentRead: true };
  const put = { TableName: 'table', Item: item, ConditionExpression: 'attribute_not_exists(PK)' };
  const writes = { TransactItems: [{ Put: put }], ClientRequestToken: 'once' };
  const query = { TableName: 'table', KeyConditionExpression: '#p = :p', Limit: 1, ScanIndexForward: false };
  const asked: [string, object, unknown][] = [
    ['GetItem', key, new sdk.GetItemCommand(key)],
    ['PutItem', put, new sdk.PutItemCommand(put)],
    ['TransactWriteItems', writes, new sdk.TransactWriteItemsCommand(writes)],
    ['Query', query, new sdk.QueryCommand(query)],
  ];
  for (const [operation, input, command] of asked) {
    await open().send(operation, input);
    await theirs.send(command as never);
    const [ours, other] = heard.splice(0);
    expect(ours?.target).toBe(other?.target);
    expect(ours?.type).toBe(other?.type);
    expect(JSON.parse(ours?.body ?? '')).toEqual(JSON.parse(other?.body ?? ''));
  }
  theirs.destroy();
});

it('hears what the SDK hears: answers, and refusals with all they say', async () => {
  const theirs = new sdk.DynamoDBClient({ endpoint: env.TEST_ENDPOINT ?? '', maxAttempts: 1 });
  const key = { TableName: 'table', Key: { PK: { S: 'a' } } };
  const reasons = [{ Code: 'None' }, { Code: 'ConditionalCheckFailed', Message: 'it failed', Item: item }];
  const answers: Reply[] = [
    said(200, { Item: item }),
    fails('ConditionalCheckFailedException', { Item: item }),
    fails('TransactionCanceledException', { CancellationReasons: reasons }),
    fails('TransactionConflictException'),
    fails('ValidationException'),
    fails('ResourceNotFoundException'),
  ];
  for (const answer of answers) {
    replies = [answer, answer];
    const ours = await outcome(open().send('GetItem', key));
    const other = await outcome(theirs.send(new sdk.GetItemCommand(key)));
    if ('answer' in other) delete (other.answer as { $metadata?: unknown }).$metadata;
    expect(ours).toEqual(other);
  }
  theirs.destroy();
});

it('sends again what may pass by itself, three times at most, and nothing else', async () => {
  const passing = [
    fails('InternalServerError', {}, 500),
    fails('ProvisionedThroughputExceededException'),
    fails('ThrottlingException'),
    fails('TransactionInProgressException'),
    said(502, '<html>bad gateway</html>'),
    said(200, 'no JSON'),
    said(200, '{"Item":{}}', { 'x-amz-crc32': '1' }),
    lost,
  ];
  for (const reply of passing) {
    replies = [reply, reply];
    expect(await open().send('GetItem', {})).toEqual({});
    expect(heard.splice(0)).toHaveLength(3);
    replies = [reply, reply, reply, said(200, {})];
    await expect(open().send('GetItem', {})).rejects.toThrow();
    expect(heard.splice(0)).toHaveLength(3);
  }
  expect(pauses.slice(0, 2)).toEqual([1, 2]);
  for (const name of [
    'ConditionalCheckFailedException',
    'TransactionCanceledException',
    'TransactionConflictException',
    'ValidationException',
    'AccessDeniedException',
  ]) {
    replies = [fails(name)];
    await expect(open().send('PutItem', {})).rejects.toMatchObject({ name, status: 400 });
    expect(heard.splice(0)).toHaveLength(1);
  }
});

it('an answer that is whole by its sum is taken', async () => {
  const text = '{"Item":{"PK":{"S":"ü"}}}';
  replies = [said(200, text, { 'x-amz-crc32': String(crc32(text)) })];
  expect(await open().send('GetItem', {})).toEqual(JSON.parse(text));
  expect(heard).toHaveLength(1);
});

it('does not wait for an answer for ever', async () => {
  const { requestTimeout } = patience;
  patience.requestTimeout = 60;
  const silence: Reply = () => undefined;
  replies = [silence, silence, silence];
  await expect(open().send('GetItem', {})).rejects.toMatchObject({ name: 'TimeoutError' });
  expect(heard).toHaveLength(3);
  patience.requestTimeout = requestTimeout;
});

it('a clock that is wrong is set by the date of the refusal', async () => {
  const ahead = 3_600_000;
  const date = new Date(Date.now() + ahead).toUTCString();
  replies = [said(400, { __type: 'InvalidSignatureException', message: 'expired' }, { date })];
  const client = open();
  await client.send('GetItem', {});
  await client.send('GetItem', {});
  const toMs = (at = '') =>
    Date.parse(at.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));
  const [first, second, third] = heard.map(({ at }) => toMs(at));
  expect(Math.abs((second ?? 0) - (first ?? 0) - ahead)).toBeLessThan(60_000);
  expect(Math.abs((third ?? 0) - (second ?? 0))).toBeLessThan(60_000);
});

it('a service that fails altogether is not asked three times as often', async () => {
  const client = open();
  const down = fails('InternalServerError', {}, 500);
  let calls = 0;
  for (; calls < 200; calls++) {
    replies = [down, down, down];
    await expect(client.send('GetItem', {})).rejects.toThrow();
  }
  expect(heard.length).toBe(calls + 100);
});

it('signs with a session’s token, and names it', async () => {
  await open().send('GetItem', {});
  expect(heard[0]?.authorization).toMatch(
    /^AWS4-HMAC-SHA256 Credential=AKIA\/\d{8}\/us-east-1\/dynamodb\/aws4_request, SignedHeaders=content-type;host;x-amz-date;x-amz-security-token;x-amz-target, Signature=[0-9a-f]{64}$/,
  );
});

it('no more connections than the SDK’s client opens, and those kept', async () => {
  const ports = new Set<number | undefined>();
  server.on('connection', ({ remotePort }) => ports.add(remotePort));
  const client = open();
  await Promise.all(Array.from({ length: 120 }, () => client.send('GetItem', {})));
  await client.send('GetItem', {});
  expect(ports.size).toBeLessThanOrEqual(50);
});
