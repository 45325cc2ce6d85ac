import { createHash } from 'node:crypto';
import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';

/** What stands at one of our addresses. */
export interface Document {
  readonly type: string;
  readonly body: string | Buffer;
  readonly encoding?: 'gzip';
}

// Scalar writes its styles into the page; nothing else may come from anywhere but here.
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const hour = 'public, max-age=3600';

/** The document with caching and security headers; 304 when the caller has it already. */
export function reply(
  { type, body, encoding }: Document,
  ifNoneMatch: string | undefined,
): APIGatewayProxyStructuredResultV2 {
  const etag = `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`;
  const headers = {
    'cache-control': hour,
    'content-security-policy': policy,
    'content-type': type,
    etag,
    'referrer-policy': 'no-referrer',
    vary: 'accept-encoding',
    'x-content-type-options': 'nosniff',
    ...(encoding ? { 'content-encoding': encoding } : {}),
  };
  if (ifNoneMatch === etag) return { statusCode: 304, headers };
  const binary = typeof body !== 'string';
  return { statusCode: 200, headers, isBase64Encoded: binary, body: binary ? body.toString('base64') : body };
}
