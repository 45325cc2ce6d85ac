import { Agent, request as send } from 'node:http';

const agent = new Agent({ keepAlive: true, maxSockets: 64 });

export interface Reply {
  readonly status: number;
  readonly headers: Record<string, string | string[] | undefined>;
  readonly body: Buffer;
}

/** Sends one request to the engine as it stands. */
export function forward(
  endpoint: string,
  headers: Record<string, string>,
  body: Buffer | string,
): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const outgoing = send(endpoint, {
      method: 'POST',
      agent,
      headers: { ...headers, 'content-length': Buffer.byteLength(body) },
    });
    outgoing.once('error', reject);
    outgoing.once('response', (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.once('error', reject);
      incoming.once('end', () =>
        resolve({
          status: incoming.statusCode ?? 500,
          headers: incoming.headers,
          body: Buffer.concat(chunks),
        }),
      );
    });
    outgoing.end(body);
  });
}

/** An answer of the engine that is an error; `code` is its short name. */
export class EngineError extends Error {
  readonly code: string;
  constructor(code: string, message: string) {
    super(`${code}: ${message}`);
    this.code = code;
  }
}

/** The runner's own calls to the engine: table set-up and stream reading. */
export async function callEngine<T>(
  endpoint: string,
  target: 'DynamoDB_20120810' | 'DynamoDBStreams_20120810',
  operation: string,
  input: unknown,
): Promise<T> {
  const reply = await forward(
    endpoint,
    {
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': `${target}.${operation}`,
      'x-amz-date': `${new Date().toISOString().replace(/[-:]|\.\d+/g, '')}`,
      authorization:
        'AWS4-HMAC-SHA256 Credential=local/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0',
    },
    JSON.stringify(input),
  );
  const answer = JSON.parse(reply.body.toString('utf8') || '{}');
  if (reply.status === 200) return answer as T;
  throw new EngineError(
    String(answer.__type ?? reply.status)
      .split('#')
      .pop() ?? '',
    answer.message ?? answer.Message ?? '',
  );
}
