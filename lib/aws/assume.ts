import { Problem, tooLarge, unavailable } from '../kit/problem.ts';
import { defaultProvider } from './credentials.ts';
import { type Answer, exchange, suffixOf } from './exchange.ts';
import { log } from './log.ts';
import { type Credentials, signed } from './sign.ts';
import { backoff } from './world.ts';

/** Credentials of a session, and until when they count by our own clock. */
export interface Loan {
  readonly lent: Credentials;
  readonly until: number;
}

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
  for (let tried = 1; ; tried++) {
    try {
      // From before it was asked for: our clock may be another than that of STS.
      const until = Date.now() + lentSeconds * 1000;
      return { lent: read(textOf(await ask(form.toString()))), until };
    } catch (error) {
      if (error instanceof Problem) throw error;
      if (tried === tries || error instanceof Refused) {
        log().warn('no session', { tried, error: error as Error });
        throw new Problem(unavailable);
      }
      await backoff(tried, 50);
    }
  }
}

/** STS has answered that it will not: asking again changes nothing. */
class Refused extends Error {}

async function ask(body: string): Promise<Answer> {
  const { AWS_ENDPOINT_URL_STS, AWS_ENDPOINT_URL, AWS_REGION: region = '' } = process.env;
  const place = new URL(
    AWS_ENDPOINT_URL_STS ?? AWS_ENDPOINT_URL ?? `https://sts.${region}.${suffixOf(region)}`,
  );
  const headers = { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' };
  const request = { method: 'POST', path: '/', service: 'sts', region, host: place.host } as const;
  const made = signed({ ...request, headers, body }, await own(), Date.now() + aheadMs);
  const answer = await exchange({ method: 'POST', place, headers: made, body });
  // Where STS has another time than we, the next try has that of STS.
  if (answer.status === 403 && skewed.test(answer.text))
    aheadMs = Date.parse(answer.headers.date ?? '') - Date.now() || 0;
  return answer;
}

const own = defaultProvider();
let aheadMs = 0;
const skewed = /Skewed|Expired|SignatureDoesNotMatch|InFuture/;

function textOf({ status, text }: Answer): string {
  if (status === 200) return text;
  const code = field(text, 'Code') ?? String(status);
  if (code === 'PackedPolicyTooLarge')
    throw new Problem(tooLarge, 'More customers than can be reached at once');
  if (status < 500 && !skewed.test(code) && !/Throttl|RequestLimit/.test(code)) throw new Refused(code);
  throw new Error(code);
}

function read(text: string): Credentials {
  const names = ['AccessKeyId', 'SecretAccessKey', 'SessionToken'];
  const [accessKeyId, secretAccessKey, sessionToken] = names.map((name) => field(text, name));
  if (!accessKeyId || !secretAccessKey || !sessionToken) throw new Error('STS answers without credentials');
  return { accessKeyId, secretAccessKey, sessionToken };
}

const field = (text: string, name: string) => new RegExp(`<${name}>([^<]+)</${name}>`).exec(text)?.[1];
