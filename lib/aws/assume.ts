import { Problem, tooLarge, unavailable } from '../kit/problem.ts';
import { aheadOf, mayPass, ServiceError, skewed } from './aws-json.ts';
import { defaultProvider } from './credentials.ts';
import { exchange, placeOf } from './exchange.ts';
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
      return { lent: read(await ask(form.toString())), until };
    } catch (error) {
      if (error instanceof Problem) throw error;
      if (tried === tries || !mayPass(error)) {
        log().warn('no session', { tried, error: error as Error });
        throw new Problem(unavailable);
      }
      await backoff(tried, 50);
    }
  }
}

async function ask(body: string): Promise<string> {
  const place = placeOf('sts', 'AWS_ENDPOINT_URL_STS');
  const { AWS_REGION: region = '' } = process.env;
  const headers = { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' };
  const request = { method: 'POST', path: '/', service: 'sts', region, host: place.host } as const;
  const made = signed({ ...request, headers, body }, await own(), Date.now() + aheadMs);
  const answer = await sts.exchange({ method: 'POST', place, headers: made, body });
  if (answer.status === 200) return answer.text;
  const __type = field(answer.text, 'Code');
  if (__type === 'PackedPolicyTooLarge')
    throw new Problem(tooLarge, 'More customers than can be reached at once');
  if (skewed.has(__type ?? '')) aheadMs = aheadOf(answer);
  throw new ServiceError(answer.status, { __type });
}

/** How STS is asked. */
export const sts = { exchange };

const own = defaultProvider();
let aheadMs = 0;

function read(text: string): Credentials {
  const names = ['AccessKeyId', 'SecretAccessKey', 'SessionToken'];
  const [accessKeyId, secretAccessKey, sessionToken] = names.map((name) => field(text, name));
  if (!accessKeyId || !secretAccessKey || !sessionToken)
    throw Object.assign(new Error('STS answers without credentials'), { code: 'ECONNRESET' });
  return { accessKeyId, secretAccessKey, sessionToken };
}

const field = (text: string, name: string) => new RegExp(`<${name}>([^<]+)</${name}>`).exec(text)?.[1];
