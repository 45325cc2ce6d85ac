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

async function signed(url: URL, region: string, text: string): Promise<Record<string, string>> {
  const credentials = defaultProvider();
  const signer = new SignatureV4({
    service: 's3',
    region,
    credentials,
    sha256: Sha256,
    uriEscapePath: false,
  });
  const sha256 = createHash('sha256').update(text).digest();
  const { headers } = await signer.sign({
    method: 'PUT',
    protocol: url.protocol,
    hostname: url.hostname,
    path: url.pathname,
    headers: {
      host: url.host,
      'content-type': 'application/json',
      'if-none-match': '*',
      'x-amz-checksum-sha256': sha256.toString('base64'),
      'x-amz-content-sha256': sha256.toString('hex'),
    },
    body: text,
  });
  const { host: _, ...sent } = headers;
  return sent;
}

/**
 * Puts an object of JSON into the bucket of anchors, once: one that is there stays, and that is no error. One signed
 * request, for the SDK's client for S3 would be more than all else of the function. Source: S3 API reference, PutObject.
 * @throws Error where the bucket did not take it.
 */
export async function putOnce(key: string, text: string): Promise<void> {
  const region = process.env.AWS_REGION ?? '';
  const url = placeOf(key, region);
  const headers = await signed(url, region, text);
  const signal = AbortSignal.timeout(patience.requestTimeout);
  const answer = await fetch(url, { method: 'PUT', headers, body: text, signal });
  const said = await answer.text();
  if (!answer.ok && answer.status !== 412)
    throw new Error(`The bucket of anchors answered ${answer.status}: ${said.slice(0, 200)}`);
}
