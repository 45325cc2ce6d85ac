import type { IncomingHttpHeaders } from 'node:http';
import type { Need } from './iam.ts';
import type { Place } from './resolve.ts';

export type Service = 'dynamodb' | 'events' | 's3' | 'secretsmanager' | 'ses' | 'sqs' | 'sts' | 'unknown';

/** An SDK call as it arrived. */
export interface AwsCall {
  readonly service: Service;
  readonly operation: string;
  readonly input: Record<string, unknown>;
  readonly accessKeyId: string;
}

const targets: Record<string, Service> = {
  DynamoDB_20120810: 'dynamodb',
  AWSEvents: 'events',
  AmazonSQS: 'sqs',
  secretsmanager: 'secretsmanager',
};

/** Services that are asked by forms, by the version of their API. */
const forms: Record<string, Service> = { '2010-12-01': 'ses', '2011-06-15': 'sts' };

/** Reads service, operation and input from headers and body; `line` is method and path, which S3 alone speaks by. */
export function readCall(headers: IncomingHttpHeaders, body: Buffer, line = ''): AwsCall {
  const accessKeyId = /Credential=([^/]+)\//.exec(headers.authorization ?? '')?.[1] ?? '';
  const target = headers['x-amz-target'];
  if (typeof target === 'string') {
    const [prefix = '', operation = ''] = target.split('.');
    const input = JSON.parse(body.toString('utf8') || '{}') as Record<string, unknown>;
    return { service: targets[prefix] ?? 'unknown', operation, input, accessKeyId };
  }
  if (String(headers['content-type']).startsWith('application/x-www-form-urlencoded')) {
    const form = Object.fromEntries(new URLSearchParams(body.toString('utf8')));
    const operation = String(form.Action ?? '');
    return {
      service: forms[String(form.Version)] ?? 'unknown',
      operation,
      input: form,
      accessKeyId,
    };
  }
  if (/Credential=[^ ,]*\/s3\/aws4_request/.test(headers.authorization ?? ''))
    return { service: 's3', ...readObjectCall(line), accessKeyId };
  return { service: 'unknown', operation: '', input: {}, accessKeyId };
}

// Only what our functions ask of a bucket.
function readObjectCall(line: string): Pick<AwsCall, 'operation' | 'input'> {
  const [, method, Bucket, Key] = /^(GET|PUT) \/([^/?]+)\/([^?]+)$/.exec(line) ?? [];
  if (Bucket === undefined || Key === undefined) return { operation: line, input: {} };
  return {
    operation: method === 'GET' ? 'GetObject' : 'PutObject',
    input: { Bucket, Key: decodeURIComponent(Key) },
  };
}

/** What the tables look like, as far as leading keys need it. */
export interface TableShape {
  readonly name: string;
  readonly hashKey: string;
  readonly indexHashKeys: Readonly<Record<string, string>>;
  /** The customer's key that encrypts it. */
  readonly keyArn?: string | undefined;
}

/** The permissions that a DynamoDB call needs: those of its parts for transactions and batches. */
export function dynamoNeeds(call: AwsCall, place: Place, tables: ReadonlyMap<string, TableShape>): Need[] {
  const needs = new Map<
    string,
    { action: string; resource: string; leading: Set<string>; extra: Record<string, string> }
  >();
  const add = (action: string, table: unknown, leading: readonly unknown[], index?: unknown) => {
    const name = String(table).split('/').pop() ?? '';
    const resource = `arn:aws:dynamodb:${place.region}:${place.account}:table/${name}${index ? `/index/${index}` : ''}`;
    const need = needs.get(action + resource) ?? {
      action: `dynamodb:${action}`,
      resource,
      leading: new Set(),
      extra: {},
    };
    for (const key of leading) if (key !== undefined) need.leading.add(String(key));
    if (call.operation.startsWith('Transact')) need.extra['dynamodb:EnclosingOperation'] = call.operation;
    needs.set(action + resource, need);
  };
  const shape = (table: unknown) => tables.get(String(table).split('/').pop() ?? '');
  const leadOf = (table: unknown, item: unknown) =>
    scalarOf((item as Item | undefined)?.[shape(table)?.hashKey ?? '']);
  const { input, operation } = call;

  switch (operation) {
    case 'TransactWriteItems':
      for (const part of input.TransactItems as Record<string, Record<string, unknown>>[]) {
        for (const [kind, one] of Object.entries(part)) {
          const action = transactActions[kind] ?? kind;
          add(action, one.TableName, [leadOf(one.TableName, one.Key ?? one.Item)]);
        }
      }
      break;
    case 'TransactGetItems':
      for (const part of input.TransactItems as { Get: Record<string, unknown> }[]) {
        add('GetItem', part.Get.TableName, [leadOf(part.Get.TableName, part.Get.Key)]);
      }
      break;
    case 'BatchGetItem':
      for (const [table, { Keys }] of Object.entries(
        input.RequestItems as Record<string, { Keys: unknown[] }>,
      )) {
        add(
          operation,
          table,
          Keys.map((key) => leadOf(table, key)),
        );
      }
      break;
    case 'BatchWriteItem':
      for (const [table, parts] of Object.entries(input.RequestItems as Record<string, BatchPart[]>)) {
        add(
          operation,
          table,
          parts.map((one) => leadOf(table, one.PutRequest?.Item ?? one.DeleteRequest?.Key)),
        );
      }
      break;
    case 'Query':
      add(operation, input.TableName, [leadingOfQuery(input, shape(input.TableName))], input.IndexName);
      break;
    case 'Scan':
      add(operation, input.TableName, [], input.IndexName);
      break;
    default:
      add(operation, input.TableName, [leadOf(input.TableName, input.Key ?? input.Item)]);
  }
  const keys = new Set([...needs.values()].map(({ resource }) => shape(resource.split('/')[1])?.keyArn));
  return [
    ...[...needs.values()].map(({ action, resource, leading, extra }) => ({
      action,
      resource,
      context: { ...extra, ...(leading.size > 0 ? { 'dynamodb:LeadingKeys': [...leading] } : {}) },
    })),
    ...[...keys].flatMap((key) =>
      key
        ? [
            {
              action: 'kms:Decrypt',
              resource: key,
              context: { 'kms:ViaService': `dynamodb.${place.region}.amazonaws.com` },
            },
          ]
        : [],
    ),
  ];
}

type Item = Record<string, Record<string, unknown>>;

interface BatchPart {
  readonly PutRequest?: { readonly Item: unknown };
  readonly DeleteRequest?: { readonly Key: unknown };
}

const transactActions: Record<string, string> = {
  Put: 'PutItem',
  Update: 'UpdateItem',
  Delete: 'DeleteItem',
  ConditionCheck: 'ConditionCheckItem',
};

function leadingOfQuery(input: Record<string, unknown>, shape: TableShape | undefined): unknown {
  const hashKey = input.IndexName ? shape?.indexHashKeys[String(input.IndexName)] : shape?.hashKey;
  const names = (input.ExpressionAttributeNames ?? {}) as Record<string, string>;
  const values = (input.ExpressionAttributeValues ?? {}) as Item;
  for (const [, left = '', right = ''] of String(input.KeyConditionExpression ?? '').matchAll(
    /([#\w]+)\s*=\s*(:\w+)/g,
  )) {
    if ((names[left] ?? left) === hashKey) return scalarOf(values[right]);
  }
  return undefined;
}

function scalarOf(attribute: Record<string, unknown> | undefined): unknown {
  return attribute ? Object.values(attribute)[0] : undefined;
}
