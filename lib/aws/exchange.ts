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

/**
 * One POST and its answer, over a connection that is kept.
 * @throws Error with a `code` (`ECONNRESET`) or the name `TimeoutError`: whether the service has heard it, nobody knows.
 */
export function post(place: URL, headers: Record<string, string>, body: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    headers['content-length'] = String(Buffer.byteLength(body));
    const request =
      place.protocol === 'http:'
        ? http.request(optionsOf(place, headers, plain))
        : https.request(optionsOf(place, headers, secure));
    const late = setTimeout(() => request.destroy(timeout()), patience.requestTimeout);
    const fail = (error: Error) => {
      clearTimeout(late);
      reject(error);
    };
    request.on('error', fail).on('response', (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
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
    request.end(body);
  });
}

function optionsOf(
  { hostname, port, pathname }: URL,
  headers: Readonly<Record<string, string>>,
  agent: http.Agent,
) {
  return { method: 'POST', hostname, ...(port ? { port } : {}), path: pathname, headers, agent };
}

const isWhole = (bytes: Buffer, sum: string | string[] | undefined) =>
  sum === undefined || crc32(bytes) === Number(sum);

const timeout = () => Object.assign(new Error('No answer in time'), { name: 'TimeoutError' });
const lost = () => Object.assign(new Error('The answer is not whole'), { code: 'ECONNRESET' });
