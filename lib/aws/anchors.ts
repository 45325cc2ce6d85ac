import { createHash } from 'node:crypto';
import { Sha256 } from '@smithy/core/checksum';
import { SignatureV4 } from '@smithy/signature-v4';
import { defaultProvider } from './credentials.ts';
import { env } from './env.ts';
import { patience } from './world.ts';

function placeOf(key: string, region: string): URL {
  const bucket = env('ANCHOR_BUCKET');
  const own = process.env.AWS_ENDPOINT_URL_S3 ?? process.env.AWS_ENDPOINT_URL;
  return new URL(own ? `${own}/${bucket}/${key}` : `https://${bucket}.s3.${region}.amazonaws.com/${key}`);
}

async function signed(
  method: 'GET' | 'PUT',
  { url, region, text }: { url: URL; region: string; text: string },
): Promise<Record<string, string>> {
  const credentials = defaultProvider();
  const signer = new SignatureV4({
    service: 's3',
    region,
    credentials,
    sha256: Sha256,
    uriEscapePath: false,
  });
  const sha256 = createHash('sha256').update(text).digest();
  const once = {
    'content-type': 'application/json',
    'if-none-match': '*',
    'x-amz-checksum-sha256': sha256.toString('base64'),
  };
  const { headers } = await signer.sign({
    method,
    protocol: url.protocol,
    hostname: url.hostname,
    path: url.pathname,
    headers: {
      host: url.host,
      ...(method === 'PUT' ? once : {}),
      'x-amz-content-sha256': sha256.toString('hex'),
    },
    ...(method === 'PUT' ? { body: text } : {}),
  });
  const { host: _, ...sent } = headers;
  return sent;
}

async function ask(method: 'GET' | 'PUT', key: string, text = '') {
  const region = process.env.AWS_REGION ?? '';
  const url = placeOf(key, region);
  const headers = await signed(method, { url, region, text });
  const signal = AbortSignal.timeout(patience.requestTimeout);
  const answer = await fetch(url, { method, headers, signal, ...(method === 'PUT' ? { body: text } : {}) });
  return { status: answer.status, ok: answer.ok, said: await answer.text() };
}

/**
 * Puts an object of JSON into the bucket of anchors, once: one that is there stays. False where what stands there is
 * another one. Signed requests, for the SDK's client for S3 would be more than all else of the function. Source: S3 API
 * reference, PutObject, GetObject.
 * @throws Error where the bucket neither took it nor showed what is there.
 */
export async function putOnce(key: string, text: string): Promise<boolean> {
  const put = await ask('PUT', key, text);
  if (put.ok) return true;
  const there = put.status === 412 ? await ask('GET', key) : put;
  if (!there.ok)
    throw new Error(`The bucket of anchors answered ${there.status}: ${there.said.slice(0, 200)}`);
  return there.said === text;
}
