import { createHash } from 'node:crypto';
import { gunzipSync, gzipSync } from 'node:zlib';
import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';

/** What stands at one of our addresses, as text or already compressed. */
export type Document = { readonly type: string } & ({ readonly body: string } | { readonly gzipped: Buffer });

// Swagger UI writes styles into the page; nothing else may come from anywhere but here.
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

/** The document, compressed where the caller takes that, with caching and security headers; 304 when known already. */
export function reply(
  document: Document,
  asked: Readonly<Record<string, string | undefined>>,
): APIGatewayProxyStructuredResultV2 {
  const compressed = /\bgzip\b/.test(asked['accept-encoding'] ?? '');
  const body = compressed ? gzipped(document) : plain(document);
  const etag = `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`;
  const headers = {
    'cache-control': hour,
    'content-security-policy': policy,
    'content-type': document.type,
    etag,
    'referrer-policy': 'no-referrer',
    vary: 'accept-encoding',
    'x-content-type-options': 'nosniff',
    ...(compressed ? { 'content-encoding': 'gzip' } : {}),
  };
  if (asked['if-none-match'] === etag) return { statusCode: 304, headers };
  return {
    statusCode: 200,
    headers,
    body: body.toString(compressed ? 'base64' : 'utf8'),
    isBase64Encoded: compressed,
  };
}

function gzipped(document: Document): Buffer {
  return 'gzipped' in document ? document.gzipped : gzipSync(document.body);
}

function plain(document: Document): Buffer {
  return 'gzipped' in document ? gunzipSync(document.gzipped) : Buffer.from(document.body);
}
