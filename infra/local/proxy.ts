import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AwsCall, dynamoNeeds, readCall, type TableShape } from './aws-request.ts';
import { type Buckets, objectNeeds } from './buckets.ts';
import type { Bus } from './bus.ts';
import { forward } from './dynamo.ts';
import type { Denial, Guard, Need } from './iam.ts';
import type { LocalFunction } from './lambda.ts';
import type { Queue } from './queue.ts';
import type { Secrets } from './secrets.ts';
import { Refused, type Ses, sesNeeds } from './ses.ts';
import type { Sessions } from './sessions.ts';
import { operate, operatorKey } from './sqs.ts';
import type { Stack } from './template.ts';

/** What a function's call of the table took, as the engine says it. */
export interface Metered {
  readonly functionId: string;
  readonly operation: string;
  readonly input: Record<string, unknown>;
  readonly output: { readonly Count?: number; readonly ConsumedCapacity?: unknown };
}
export type Meter = (call: Metered) => void;

export interface Cloud {
  readonly stack: Stack;
  readonly engine: string;
  readonly tables: ReadonlyMap<string, TableShape>;
  readonly functions: readonly LocalFunction[];
  readonly guard: Guard;
  readonly bus: Bus;
  readonly ses: Ses;
  readonly sessions: Sessions;
  readonly secrets: Secrets;
  readonly buckets: Buckets;
  readonly queues: ReadonlyMap<string, Queue>;
  /** Told what each call of the table consumed; then the engine is asked to say so. */
  readonly meter?: Meter | undefined;
  /** Called after a call that may have put something into a stream. */
  readonly written: () => void;
  /** Answers to `GET /local/<name>`: what the runner tells about itself. */
  readonly control: Readonly<Record<string, () => unknown>>;
}

/** The one endpoint of all AWS calls. `cloud` is asked at each request: the server listens before the stack stands. */
export function makeProxy(cloud: () => Cloud | undefined): Server {
  return createServer((request, response) => {
    answer(cloud(), request, response).catch((error: unknown) => {
      console.error('The AWS proxy failed:', error);
      reply(response, 500, {
        __type: 'InternalFailure',
        message: 'The local runner failed; see its output.',
      });
    });
  });
}

async function answer(
  cloud: Cloud | undefined,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (!cloud) return reply(response, 503, { message: 'The stack is starting.' });
  // A signed one is of a function, and asks a bucket.
  if (request.method === 'GET' && !request.headers.authorization) return tell(cloud, request, response);
  const body = await readAll(request);
  const call = readCall(request.headers, body, `${request.method} ${request.url}`);
  if (call.accessKeyId === operatorKey) return serveOperator(cloud, call, { request, response, body });
  const own = cloud.functions.find(({ accessKeyId }) => accessKeyId === call.accessKeyId);
  const sender = own ? { caller: own, tags: {} } : cloud.sessions.find(call.accessKeyId);
  if (!sender) {
    return reply(response, 403, {
      __type: 'UnrecognizedClientException',
      message: 'The security token is invalid.',
    });
  }
  const { caller, tags } = sender;
  if (!(call.service in handlers)) return unknown(caller, call, request, response);
  const denial = await cloud.guard.check(caller, needsOf(cloud, call, request), tags);
  if (denial) return refuse(response, call, denial);
  await handlers[call.service as keyof typeof handlers](cloud, call, { request, response, body, caller });
}

/** An operator works on the queues, and announces again on the bus; for the table the engine is called itself. */
async function serveOperator(cloud: Cloud, call: AwsCall, exchange: Exchange): Promise<void> {
  if (call.service === 'events') return handlers.events(cloud, call, exchange);
  const answered = call.service === 'sqs' ? operate(cloud, call.operation, call.input) : undefined;
  if (answered === undefined)
    return reply(exchange.response, 400, {
      __type: 'UnknownOperationException',
      message: `${call.operation} is not known locally to operators`,
    });
  reply(exchange.response, 200, answered);
}

function needsOf(cloud: Cloud, call: AwsCall, request: IncomingMessage): Need[] {
  const { place } = cloud.stack;
  switch (call.service) {
    case 'dynamodb':
      return dynamoNeeds(call, place, cloud.tables);
    case 'sts':
      return cloud.sessions.needs(call.input);
    case 'ses':
      return sesNeeds(call.input, call.operation, cloud.stack);
    case 'secretsmanager':
      return [
        {
          action: `secretsmanager:${call.operation}`,
          resource: cloud.secrets.find(String(call.input.SecretId))?.arn ?? String(call.input.SecretId),
        },
      ];
    case 's3':
      return objectNeeds(call, request.headers);
    case 'sqs':
      return [{ action: `sqs:${call.operation}`, resource: queueOf(cloud, call) }];
    case 'events': {
      const buses = new Set(
        entriesOf(call).map((entry) => entry.EventBusName?.split('/').pop() ?? 'default'),
      );
      return [...buses].map((bus) => ({
        action: `events:${call.operation}`,
        resource: `arn:aws:events:${place.region}:${place.account}:event-bus/${bus}`,
        context: {
          'events:source': [...new Set(entriesOf(call).map(({ Source }) => Source ?? ''))],
          'events:detail-type': [...new Set(entriesOf(call).map(({ DetailType }) => DetailType ?? ''))],
        },
      }));
    }
    default:
      return [];
  }
}

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly body: Buffer;
}

interface Sent extends Exchange {
  readonly caller: LocalFunction;
}

const handlers = {
  async dynamodb(cloud: Cloud, call: AwsCall, { request, response, body, caller }: Sent): Promise<void> {
    const headers: Record<string, string> = {};
    for (const name of ['content-type', 'x-amz-target', 'x-amz-date', 'authorization', 'accept-encoding']) {
      const value = request.headers[name];
      if (typeof value === 'string') headers[name] = value;
    }
    const { meter } = cloud;
    if (meter) delete headers['accept-encoding'];
    const sent = meter ? JSON.stringify({ ...call.input, ReturnConsumedCapacity: 'INDEXES' }) : body;
    const { status, headers: answered, body: said } = await forward(cloud.engine, headers, sent);
    meter?.({ ...call, functionId: caller.id, output: JSON.parse(said.toString('utf8') || '{}') });
    if (/Put|Update|Delete|Write/.test(call.operation)) cloud.written();
    for (const name of ['content-type', 'x-amzn-requestid', 'x-amz-crc32', 'content-encoding']) {
      const value = answered[name];
      if (value !== undefined) response.setHeader(name, value);
    }
    response.writeHead(status).end(said);
  },

  async events(cloud: Cloud, call: AwsCall, { response }: Exchange): Promise<void> {
    const entries = entriesOf(call);
    const bytes = entries.reduce((sum, one) => sum + Buffer.byteLength(JSON.stringify(one)), 0);
    if (call.operation !== 'PutEvents' || entries.length < 1 || entries.length > 10 || bytes > 262_144) {
      return reply(response, 400, {
        __type: 'ValidationException',
        message: '1 to 10 entries, 256 KB in all, by PutEvents',
      });
    }
    const results = entries.map((entry) => {
      const bus = entry.EventBusName ?? 'default';
      const detail = parse(entry.Detail);
      if (!entry.Source || !entry.DetailType || detail === undefined) {
        return {
          ErrorCode: 'MalformedDetail',
          ErrorMessage: 'Source, DetailType and a JSON object as Detail are required',
        };
      }
      if (!cloud.bus.has(bus))
        return { ErrorCode: 'ResourceNotFoundException', ErrorMessage: `Event bus ${bus} does not exist.` };
      const event = {
        source: entry.Source,
        detailType: entry.DetailType,
        detail,
        resources: entry.Resources ?? [],
      };
      return { EventId: cloud.bus.put(bus, event) };
    });
    reply(response, 200, {
      FailedEntryCount: results.filter((one) => 'ErrorCode' in one).length,
      Entries: results,
    });
  },

  async secretsmanager(cloud: Cloud, call: AwsCall, { response }: Exchange): Promise<void> {
    const secret = cloud.secrets.find(String(call.input.SecretId));
    if (call.operation !== 'GetSecretValue' || !secret) {
      return reply(response, 400, {
        __type: 'ResourceNotFoundException',
        Message: "Secrets Manager can't find the specified secret.",
      });
    }
    const { arn, name, value } = secret;
    reply(response, 200, {
      ARN: arn,
      Name: name,
      SecretString: value,
      VersionId: name,
      VersionStages: ['AWSCURRENT'],
    });
  },

  async s3(cloud: Cloud, call: AwsCall, { request, response, body }: Exchange): Promise<void> {
    if (call.operation === 'GetObject') {
      const found = cloud.buckets.get(call.input);
      if (found) response.writeHead(200, { 'content-type': 'application/json' }).end(found);
      else xml(response, 404, objectError('NoSuchKey', 'The specified key does not exist'));
      return;
    }
    const refused = cloud.buckets.put(call.input, request.headers, body);
    if (refused) xml(response, refused.status, objectError(refused.code, refused.message));
    else response.writeHead(200, { 'x-amz-version-id': randomUUID() }).end();
  },

  async sqs(cloud: Cloud, call: AwsCall, { response }: Exchange): Promise<void> {
    const queue = cloud.queues.get(queueOf(cloud, call));
    const seconds = Number(call.input.VisibilityTimeout);
    if (call.operation !== 'ChangeMessageVisibility' || !queue || !(seconds >= 0 && seconds <= 43_200)) {
      return reply(response, 400, {
        __type: 'InvalidParameterValue',
        message: 'Only ChangeMessageVisibility',
      });
    }
    if (!queue.postpone(String(call.input.ReceiptHandle), seconds)) {
      return reply(response, 400, { __type: 'MessageNotInflight', message: 'The message is not under way' });
    }
    reply(response, 200, {});
  },

  async sts({ sessions }: Cloud, call: AwsCall, { response, caller }: Sent): Promise<void> {
    if (call.operation !== 'AssumeRole') xml(response, 400, errorXml('InvalidAction', 'Only AssumeRole'));
    else xml(response, 200, sessions.lend(caller, call.input));
  },

  async ses(cloud: Cloud, call: AwsCall, { response }: Exchange): Promise<void> {
    try {
      if (call.operation !== 'SendEmail')
        throw new Refused('InvalidAction', `${call.operation} is not known locally`);
      const id = cloud.ses.send(call.input);
      xml(
        response,
        200,
        `<SendEmailResponse xmlns="http://ses.amazonaws.com/doc/2010-12-01/"><SendEmailResult><MessageId>${id}</MessageId></SendEmailResult></SendEmailResponse>`,
      );
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      xml(response, 400, errorXml(error.code, error.message));
    }
  },
};

function queueOf({ stack }: Cloud, { input }: AwsCall): string {
  const { region, account } = stack.place;
  return `arn:aws:sqs:${region}:${account}:${String(input.QueueUrl).split('/').pop()}`;
}

function refuse(response: ServerResponse, call: AwsCall, denial: Denial): void {
  if (call.service === 's3') xml(response, 403, objectError('AccessDenied', denial.message));
  else if (call.service === 'ses' || call.service === 'sts')
    xml(response, 403, errorXml('AccessDenied', denial.message));
  else
    reply(response, 400, {
      __type: 'com.amazon.coral.service#AccessDeniedException',
      message: denial.message,
      Message: denial.message,
    });
}

function unknown(
  caller: LocalFunction,
  call: AwsCall,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const what = request.headers['x-amz-target'] ?? (call.operation || `${request.method} ${request.url}`);
  console.error(`${caller.id} called ${what}, which the local runner does not know.`);
  reply(response, 400, { __type: 'UnknownOperationException', message: `${what} is not known locally` });
}

function tell(cloud: Cloud, request: IncomingMessage, response: ServerResponse): void {
  const name = /^\/local\/(\w+)$/.exec(request.url ?? '')?.[1] ?? '';
  const told = Object.hasOwn(cloud.control, name) ? cloud.control[name] : undefined;
  if (told) void Promise.resolve(told()).then((value) => reply(response, 200, value));
  else reply(response, 404, { known: Object.keys(cloud.control).map((one) => `/local/${one}`) });
}

interface Entry {
  readonly EventBusName?: string;
  readonly Source?: string;
  readonly DetailType?: string;
  readonly Detail?: string;
  readonly Resources?: string[];
}

function entriesOf(call: AwsCall): Entry[] {
  return (call.input.Entries ?? []) as Entry[];
}

function parse(text: string | undefined): object | undefined {
  try {
    const value: unknown = JSON.parse(text ?? '');
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

export async function readAll(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function reply(response: ServerResponse, status: number, body: unknown): void {
  response
    .writeHead(status, { 'content-type': 'application/x-amz-json-1.0', 'x-amzn-requestid': randomUUID() })
    .end(JSON.stringify(body));
}

function xml(response: ServerResponse, status: number, body: string): void {
  response.writeHead(status, { 'content-type': 'text/xml' }).end(`<?xml version="1.0"?>${body}`);
}

const plain = (text: string) => text.replace(/[&<>]/g, (one) => `&#${one.charCodeAt(0)};`);

function objectError(code: string, message: string): string {
  return `<Error><Code>${code}</Code><Message>${plain(message)}</Message></Error>`;
}

function errorXml(code: string, message: string): string {
  const text = plain(message);
  return `<ErrorResponse xmlns="http://ses.amazonaws.com/doc/2010-12-01/"><Error><Type>Sender</Type><Code>${code}</Code><Message>${text}</Message></Error><RequestId>${randomUUID()}</RequestId></ErrorResponse>`;
}
