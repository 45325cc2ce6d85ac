import * as sdk from '@aws-sdk/client-dynamodb';

const plain = new Set(
  ['GetItem', 'BatchGetItem', 'Query', 'Scan', 'PutItem', 'UpdateItem', 'DeleteItem']
    .concat(['BatchWriteItem', 'TransactWriteItems', 'TransactGetItems'])
    .map((name) => `${name}Command`),
);

/** Whether what a command says and is answered is what the engine speaks, but for bytes. */
export const isPlain = (command: string): boolean => plain.has(command);

/** What a command says, as the engine speaks: bytes are Base64. */
export function textOf(input: unknown): string {
  return JSON.stringify(input, function (this: Record<string, unknown>, name, value) {
    if (name !== 'B') return value;
    const bytes = this[name];
    return bytes instanceof Uint8Array ? Buffer.from(bytes).toString('base64') : value;
  });
}

const bytesIn = /"B":"/;
const $metadata = { httpStatusCode: 200, attempts: 1, totalRetryDelay: 0 };

/** What a command is answered; throws what the SDK would throw. */
export function answerOf(response: { statusCode: number; body: Uint8Array }): Record<string, unknown> {
  const text = Buffer.from(response.body).toString('utf8');
  const said = bytesIn.test(text) ? JSON.parse(text, withBytes) : JSON.parse(text);
  if (response.statusCode < 300) return { $metadata, ...said };
  throw toError(response.statusCode, said);
}

function withBytes(name: string, value: unknown): unknown {
  return name === 'B' && typeof value === 'string' ? new Uint8Array(Buffer.from(value, 'base64')) : value;
}

type Kinds = Record<string, (new (said: unknown) => Error) | undefined>;

function toError(httpStatusCode: number, said: Record<string, unknown>): Error {
  const { __type, message, Message, ...more } = said;
  const name = String(__type).split('#').at(-1) ?? '';
  const about = {
    ...more,
    message: String(message ?? Message ?? 'UnknownError'),
    $metadata: { ...$metadata, httpStatusCode },
  };
  const Known = (sdk as unknown as Kinds)[name];
  return Known ? new Known(about) : new sdk.DynamoDBServiceException({ name, $fault: 'client', ...about });
}
