import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Match } from './routes.ts';

/** A request that found its route. */
export interface Arrived {
  readonly account: string;
  readonly apiId: string;
  readonly request: IncomingMessage;
  readonly match: Match<unknown>;
  readonly rawPath: string;
  readonly query: string;
  readonly body: Buffer;
  readonly requestId: string;
}

/** The event of payload format 2.0. */
export function toEvent({ account, apiId, request, match, rawPath, query, body, requestId }: Arrived) {
  const headers: Record<string, string> = {};
  const cookies: string[] = [];
  for (let index = 0; index < request.rawHeaders.length; index += 2) {
    const name = (request.rawHeaders[index] ?? '').toLowerCase();
    const value = request.rawHeaders[index + 1] ?? '';
    if (name === 'cookie') cookies.push(...value.split(/;\s*/));
    else headers[name] = Object.hasOwn(headers, name) ? `${headers[name]},${value}` : value;
  }
  const now = new Date();
  const sourceIp = request.socket.remoteAddress ?? '127.0.0.1';
  const parameters: Record<string, string> = {};
  for (const [name, value] of new URLSearchParams(query)) {
    parameters[name] = Object.hasOwn(parameters, name) ? `${parameters[name]},${value}` : value;
  }
  const text = isText(headers['content-type']);
  return {
    version: '2.0',
    routeKey: match.route.key,
    rawPath: decodeURI(rawPath),
    rawQueryString: query,
    ...(cookies.length > 0 ? { cookies } : {}),
    headers: {
      ...headers,
      'x-amzn-trace-id': `Root=1-${Math.floor(now.getTime() / 1000).toString(16)}-${randomBytes(12).toString('hex')}`,
      'x-forwarded-for': headers['x-forwarded-for'] ? `${headers['x-forwarded-for']}, ${sourceIp}` : sourceIp,
      'x-forwarded-port': '443',
      'x-forwarded-proto': 'https',
    },
    ...(query ? { queryStringParameters: parameters } : {}),
    ...(Object.keys(match.parameters).length > 0 ? { pathParameters: match.parameters } : {}),
    requestContext: {
      accountId: account,
      apiId,
      domainName: request.headers.host ?? '',
      domainPrefix: apiId,
      http: {
        method: request.method ?? 'GET',
        path: rawPath,
        protocol: `HTTP/${request.httpVersion}`,
        sourceIp,
        userAgent: headers['user-agent'] ?? '',
      },
      requestId,
      routeKey: match.route.key,
      stage: '$default',
      time: clf(now),
      timeEpoch: now.getTime(),
    },
    ...(body.length > 0 ? { body: body.toString(text ? 'utf8' : 'base64') } : {}),
    isBase64Encoded: body.length > 0 && !text,
  };
}

// Common log format: 21/Nov/2026:04:05:06 +0000.
function clf(at: Date): string {
  const [, day, month, year, time] = at.toUTCString().split(' ');
  return `${day}/${month}/${year}:${time} +0000`;
}

function isText(contentType: string | undefined): boolean {
  const media = (contentType ?? 'text/plain').split(';')[0]?.trim().toLowerCase() ?? '';
  return (
    media.startsWith('text/') ||
    ['application/json', 'application/javascript', 'application/xml'].includes(media)
  );
}
