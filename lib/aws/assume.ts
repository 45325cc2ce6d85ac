import { Sha256 } from '@smithy/core/checksum';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { SignatureV4 } from '@smithy/signature-v4';
import type { HttpRequest } from '@smithy/types';
import { Problem, unavailable } from '../kit/problem.ts';
import { type Credentials, defaultProvider } from './credentials.ts';
import { log } from './log.ts';
import { backoff, patience } from './world.ts';

/** Credentials of a session, and until when they count by our own clock. */
export interface Loan {
  readonly lent: Credentials;
  readonly until: number;
}

let handler: NodeHttpHandler | undefined;

const tries = 3;
const lentSeconds = 3600;

/**
 * Takes on a role with tags: STS's AssumeRole, asked by hand, for its client is 38 KB of a bundle and this is one form.
 * @throws `service.unavailable` where STS does not answer or refuses.
 */
export async function assume(roleArn: string, tags: Readonly<Record<string, string>>): Promise<Loan> {
  const form = new URLSearchParams({
    Action: 'AssumeRole',
    Version: '2011-06-15',
    RoleArn: roleArn,
    RoleSessionName: tags.tid ?? '',
    DurationSeconds: String(lentSeconds),
  });
  for (const [index, [key, value]] of Object.entries(tags).entries()) {
    form.set(`Tags.member.${index + 1}.Key`, key);
    form.set(`Tags.member.${index + 1}.Value`, value);
  }
  handler ??= new NodeHttpHandler(patience);
  const sender = handler;
  const region = process.env.AWS_REGION ?? '';
  const signer = new SignatureV4({ region, sha256: Sha256, service: 'sts', credentials: defaultProvider() });
  const ask = async () => sender.handle((await signer.sign(requestOf(form.toString()))) as never);
  for (let tried = 1; ; tried++) {
    try {
      // From before it was asked for: our clock may be another than that of STS.
      const until = Date.now() + lentSeconds * 1000;
      return { lent: read(await textOf(await ask())), until };
    } catch (error) {
      log().warn('no session', { tried, error: error as Error });
      if (tried === tries || error instanceof Refused) throw new Problem(unavailable);
      await backoff(tried, 50);
    }
  }
}

/** STS has answered that it will not: asking again changes nothing. */
class Refused extends Error {}

function requestOf(body: string): HttpRequest {
  const { AWS_ENDPOINT_URL_STS, AWS_ENDPOINT_URL, AWS_REGION } = process.env;
  const place = new URL(
    AWS_ENDPOINT_URL_STS ?? AWS_ENDPOINT_URL ?? `https://sts.${AWS_REGION}.amazonaws.com`,
  );
  return {
    ...{ method: 'POST', protocol: place.protocol, hostname: place.hostname, path: '/', query: {}, body },
    ...(place.port ? { port: Number(place.port) } : {}),
    headers: { host: place.host, 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' },
  };
}

async function textOf({ response }: Awaited<ReturnType<NodeHttpHandler['handle']>>): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of response.body as AsyncIterable<Buffer>) chunks.push(chunk);
  const text = Buffer.concat(chunks).toString('utf8');
  if (response.statusCode === 200) return text;
  const code = field(text, 'Code') ?? String(response.statusCode);
  if (response.statusCode < 500 && !/Throttl|RequestLimit/.test(code)) throw new Refused(code);
  throw new Error(code);
}

function read(text: string): Credentials {
  const names = ['AccessKeyId', 'SecretAccessKey', 'SessionToken'];
  const [accessKeyId, secretAccessKey, sessionToken] = names.map((name) => field(text, name));
  if (!accessKeyId || !secretAccessKey || !sessionToken) throw new Error('STS answers without credentials');
  return { accessKeyId, secretAccessKey, sessionToken };
}

const field = (text: string, name: string) => new RegExp(`<${name}>([^<]+)</${name}>`).exec(text)?.[1];
