import http from 'node:http';
import https from 'node:https';
import { crc32 } from 'node:zlib';
import { patience } from './world.ts';

/** What a service answered. */
export interface Answer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly text: string;
}

// As many as the SDK's clients open.
const lines = { keepAlive: true, maxSockets: 50 };
const [plain, secure] = [new http.Agent(lines), new https.Agent(lines)];

/** What names of endpoints end in. Regions of the partitions `aws`, `aws-us-gov` and `aws-cn`; of no others. */
export const suffixOf = (region: string): string =>
  region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';

/** Where a service is asked: at what its variable names, or all services', else at its own endpoint. @throws Error without a region. */
export function placeOf(name: string, variable: string): URL {
  const { AWS_REGION: region, AWS_ENDPOINT_URL } = process.env;
  if (!region) throw new Error('AWS_REGION is not set');
  const said = process.env[variable] ?? AWS_ENDPOINT_URL ?? `https://${name}.${region}.${suffixOf(region)}`;
  const place = places.get(said) ?? new URL(said);
  places.set(said, place);
  return place;
}
const places = new Map<string, URL>();

/** A request, signed or not. */
export interface Sent {
  readonly method: 'GET' | 'POST' | 'PUT';
  readonly place: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/**
 * One request and its answer, over a connection that is kept.
 * @throws Error with a `code` (`ECONNRESET`) or the name `TimeoutError`: whether the service has heard it, nobody knows.
 */
export function exchange(sent: Sent): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request =
      sent.place.protocol === 'http:'
        ? http.request(optionsOf(sent, plain))
        : https.request(optionsOf(sent, secure));
    const late = setTimeout(() => request.destroy(timeout()), patience.requestTimeout);
    const fail = (error: Error) => {
      clearTimeout(late);
      reject(error);
    };
    request.on('error', fail).on('response', (response) => {
      const chunks: Buffer[] = [];
      late.refresh();
      response.on('data', (chunk: Buffer) => {
        chunks.push(chunk);
        late.refresh();
      });
      response.on('error', fail);
      response.on('end', () => {
        clearTimeout(late);
        const bytes = chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks);
        if (!isWhole(bytes, response.headers['x-amz-crc32'])) return fail(lost());
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          text: bytes.toString('utf8'),
        });
      });
    });
    request.end(sent.body);
  });
}

function optionsOf({ method, place, headers, body }: Sent, agent: http.Agent) {
  const { hostname, port, pathname: path } = place;
  const length = { 'content-length': Buffer.byteLength(body) };
  return { method, hostname, ...(port ? { port } : {}), path, headers: { ...headers, ...length }, agent };
}

const isWhole = (bytes: Buffer, sum: string | string[] | undefined) =>
  sum === undefined || crc32(bytes) === Number(sum);

const timeout = () => Object.assign(new Error('No answer in time'), { name: 'TimeoutError' });
const lost = () => Object.assign(new Error('The answer is not whole'), { code: 'ECONNRESET' });
