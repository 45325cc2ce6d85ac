import { randomUUID } from 'node:crypto';
import { type Answer, stageOf as ofStack, type Sent, type Stage } from '../../infra/local/demo-client.ts';
import type { Template } from '../../infra/local/resolve.ts';
import type { Mail } from '../../infra/local/ses.ts';
import { type RunningStack, type StackOptions, startStack } from '../../infra/local/stack.ts';
import type { Rhythm } from '../../lib/kit/context.ts';

/** Looks again and again whether something has happened. */
export async function until(check: () => boolean | Promise<boolean>, seconds = 100): Promise<void> {
  const deadline = Date.now() + seconds * 1000;
  while (!(await check())) {
    if (Date.now() > deadline) throw new Error('It did not happen in time');
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** Heartbeats where tests wait for silence. */
export const quickly = { intervalSeconds: 2, silenceSeconds: 10 } as const;

/**
 * Our own stack as synthesized, in memory; what it warns of is kept. With another rhythm its functions are told so as a
 * deployment would tell them (`test/infra/edge.test.ts`): no assembly of its own is made for that.
 */
export async function bringUp(
  options: StackOptions = {},
): Promise<{ stack: RunningStack; warnings: string[] }> {
  const { heartbeats, ...others } = options;
  const warnings: string[] = [];
  const stack = await startStack({
    longestRetrySeconds: 1,
    warn: (sentence) => warnings.push(sentence),
    ...(heartbeats ? { editTemplate: (template) => keepTime(template, heartbeats) } : {}),
    ...others,
  });
  return { stack, warnings };
}

function keepTime(template: Template, { intervalSeconds, silenceSeconds }: Rhythm): void {
  for (const { Type, Properties } of Object.values(template.Resources)) {
    if (Type !== 'AWS::Lambda::Function') continue;
    const own = Properties as { Environment?: { Variables?: Record<string, unknown> } };
    const Variables = {
      ...own.Environment?.Variables,
      PROBE_INTERVAL_SECONDS: String(intervalSeconds),
      PROBE_SILENCE_SECONDS: String(silenceSeconds),
    };
    own.Environment = { ...own.Environment, Variables };
  }
}

/** A running stack as the demo's story sees it. */
export const stageOf = (stack: RunningStack): Stage => ofStack(stack, 90);

/** One request over HTTP; answers whatever comes, throws when nothing does. */
export type Door = (line: string, sent?: Omit<Sent, 'expect'> & { keyless?: boolean }) => Promise<Answer>;

/** Requests as the person of an address. */
export async function doorOf(stage: Pick<Stage, 'url' | 'token'>, email: string): Promise<Door> {
  const token = await stage.token(email);
  return async (line, sent = {}) => {
    const [method = 'GET', path = '/'] = line.split(' ');
    const text = sent.text ?? (sent.body === undefined ? undefined : JSON.stringify(sent.body));
    const response = await fetch(`${stage.url}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(text === undefined ? {} : { 'content-type': sent.type ?? 'application/json' }),
        ...(method === 'POST' && !sent.keyless ? { 'idempotency-key': sent.key ?? randomUUID() } : {}),
        ...(sent.ifMatch ? { 'if-match': sent.ifMatch } : {}),
      },
      ...(text === undefined ? {} : { body: text }),
    });
    const raw = await response.text();
    const json = response.headers.get('content-type')?.includes('json') ?? false;
    return { status: response.status, headers: response.headers, body: json && raw ? JSON.parse(raw) : raw };
  };
}

/** The same, for what must succeed. */
export function sure(door: Door): Door {
  return async (line, sent) => {
    const answer = await door(line, sent);
    if (answer.status > 299)
      throw new Error(`${line} answered ${answer.status}: ${JSON.stringify(answer.body)}`);
    return answer;
  };
}

/** A provider in MSP mode, with credits switched on and device licences, as its first administrator sees it. */
export interface Desk {
  readonly providerId: string;
  readonly admin: Door;
  readonly address: string;
}

export async function openDesk(stage: Stage): Promise<Desk> {
  const mark = randomUUID().slice(0, 8);
  const address = `ada@msp-${mark}.example`;
  const operator = sure(await doorOf(stage, 'operator@platform.example'));
  const handler = sure(await doorOf(stage, 'handler@platform.example'));
  const { body: provider } = await operator('POST /v1/providers', {
    body: {
      name: `MSP ${mark}`,
      hosting: 'SAAS',
      installation: 'FRESH',
      administrator: { name: 'Ada Admin', email: address },
    },
  });
  const admin = sure(await doorOf(stage, address));
  const ticket = await admin('POST /v1/tickets', {
    body: { kind: 'MSP_MODE', subject: 'MSP mode', description: 'We serve several companies.' },
  });
  await handler(`POST /v1/tickets/${ticket.body.id}/approve`, {
    ifMatch: ticket.headers.get('etag') ?? '',
  });
  await admin('PUT /v1/credit-system', {
    body: { enabled: true, acknowledgeCostDataLoss: true },
    ifMatch: '*',
  });
  await admin('PUT /v1/licence-pool/DEVICE', { body: { licensed: 100_000 }, ifMatch: '*' });
  return { providerId: provider.id, admin, address };
}

/** A customer with one administrator, to whose address its credit notices go. */
export async function addCustomer({ admin }: Desk, name: string): Promise<{ id: string; address: string }> {
  const unique = `${name.toLowerCase().replace(/\W+/g, '-')}-${randomUUID().slice(0, 8)}`;
  const address = `${unique}@customer.example`;
  const company = await admin('POST /v1/companies', { body: { name: unique, type: 'CUSTOMER' } });
  const person = await admin(`POST /v1/companies/${company.body.id}/people`, {
    body: { fullName: 'Carla Customer', loginName: unique, email: address },
  });
  const { body: customer } = await admin('POST /v1/customers', {
    body: {
      companyId: company.body.id,
      accountManagerEmail: address,
      administrators: [person.body.id],
    },
  });
  return { id: customer.id, address };
}

/** Mails to an address, oldest first. */
export function mailsTo(mails: readonly Mail[], address: string): Mail[] {
  return mails.filter(({ to }) => to.includes(address));
}

/** Every page of a list. */
export async function listAll<T>(door: Door, path: string): Promise<T[]> {
  const all: T[] = [];
  let cursor: string | null = null;
  do {
    const after: string = cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    const { body } = await sure(door)(`GET ${path}?limit=100${after}`);
    all.push(...body.items);
    cursor = body.nextCursor;
  } while (cursor !== null);
  return all;
}

/** A figure of the run, printed among the tests' results. */
export function print(line: string): void {
  process.stdout.write(`      ${line}\n`);
}
