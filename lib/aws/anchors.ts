import { createHash } from 'node:crypto';
import { defaultProvider } from './credentials.ts';
import { env } from './env.ts';
import { type Answer, exchange, suffixOf } from './exchange.ts';
import { signed } from './sign.ts';

function placeOf(key: string, region: string): URL {
  const bucket = env('ANCHOR_BUCKET');
  const own = process.env.AWS_ENDPOINT_URL_S3 ?? process.env.AWS_ENDPOINT_URL;
  return new URL(
    own ? `${own}/${bucket}/${key}` : `https://${bucket}.s3.${region}.${suffixOf(region)}/${key}`,
  );
}

async function ask(method: 'GET' | 'PUT', key: string, body = ''): Promise<Answer> {
  const region = process.env.AWS_REGION ?? '';
  const place = placeOf(key, region);
  const sum = createHash('sha256').update(body).digest();
  const once = {
    'content-type': 'application/json',
    'if-none-match': '*',
    'x-amz-checksum-sha256': sum.toString('base64'),
  };
  const headers = { ...(method === 'PUT' ? once : {}), 'x-amz-content-sha256': sum.toString('hex') };
  const request = { method, service: 's3', region, host: place.host, path: place.pathname, headers, body };
  const made = signed(request, await defaultProvider()(), Date.now());
  return exchange({ method, place, headers: made, body });
}

/**
 * Puts an object of JSON into the bucket of anchors, once: one that is there stays. False where what stands there is
 * another one. Signed requests, for the SDK's client for S3 would be more than all else of the function. Source: S3 API
 * reference, PutObject, GetObject.
 * @throws Error where the bucket neither took it nor showed what is there.
 */
export async function putOnce(key: string, text: string): Promise<boolean> {
  const put = await ask('PUT', key, text);
  if (put.status < 300) return true;
  const there = put.status === 412 ? await ask('GET', key) : put;
  if (there.status >= 300)
    throw new Error(`The bucket of anchors answered ${there.status}: ${there.text.slice(0, 200)}`);
  return there.text === text;
}
