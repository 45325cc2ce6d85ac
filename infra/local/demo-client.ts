import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Rhythm } from '../../lib/kit/context.ts';
import { addressFile } from './attach.ts';
import { Stop } from './failure.ts';
import { lock } from './lock.ts';
import { type DirectoryAccess, startSamba } from './samba.ts';
import type { Mail } from './ses.ts';
import { type RunningStack, startStack } from './stack.ts';

/** A stack as the demo sees it: running already, or started for it. */
export interface Stage {
  readonly url: string;
  /** Where agents call. */
  readonly agentUrl: string;
  /** The directory that the stack's engine works on; without it the engine keeps its objects in the table. */
  readonly directory?: DirectoryAccess | undefined;
  token(email: string): Promise<string>;
  mails(): Promise<readonly Mail[]>;
  idle(): Promise<unknown>;
  denials(): Promise<readonly unknown[]>;
  close(): Promise<void>;
}

/**
 * The stack that runs on `dir`, or one started on it; with `samba` it must work on a domain controller. `heartbeats`
 * are those of one that is started.
 */
export async function findStage(
  dir: string,
  needs: { samba?: boolean; heartbeats?: Rhythm } = {},
): Promise<Stage> {
  const file = join(dir, addressFile);
  if (existsSync(file)) {
    const there = JSON.parse(readFileSync(file, 'utf8')) as Addresses;
    if (isAlive(there.pid)) {
      if (!needs.samba || there.directory) return remote(there);
      throw new Stop(
        `The stack that runs on ${dir} has no directory: end it, or start it with \`npm start -- --directory samba\`.`,
      );
    }
  }
  const progress = (line: string) => console.log(line);
  const { heartbeats } = needs;
  if (!needs.samba)
    return stageOf(await startStack({ dir, progress, ...(heartbeats ? { heartbeats } : {}) }));
  const free = lock(dir);
  progress('Starting the Samba domain controller…');
  const samba = await startSamba({ dir: join(dir, 'samba') }).catch((error) => {
    free();
    throw error;
  });
  try {
    const stage = stageOf(
      await startStack({ dir, locked: true, progress, directory: samba, longestRetrySeconds: 1 }),
    );
    const close = () =>
      stage
        .close()
        .finally(() => samba.stop())
        .finally(free);
    return { ...stage, close };
  } catch (error) {
    await samba.stop().finally(free);
    throw error;
  }
}

/** A stack of this process as a story sees it. */
export function stageOf(stack: RunningStack, idleSeconds = 60): Stage {
  return {
    url: stack.url,
    agentUrl: stack.agentUrl,
    directory: stack.directory,
    token: (email) => stack.token(email),
    mails: () => stack.mails(),
    idle: () => stack.idle(idleSeconds),
    denials: async () => stack.denials(),
    close: () => stack.stop(),
  };
}

interface Addresses {
  readonly pid: number;
  readonly url: string;
  readonly agentUrl: string;
  readonly issuerUrl: string;
  readonly controlUrl: string;
  readonly directory?: DirectoryAccess | undefined;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

function remote({ url, agentUrl, issuerUrl, controlUrl, directory }: Addresses): Stage {
  const control = async (what: string) =>
    (await fetch(`${controlUrl}/local/${what}`)).json() as Promise<never>;
  return {
    ...{ url, agentUrl, directory },
    token: async (email) => {
      const response = await fetch(`${issuerUrl}/token`, {
        method: 'POST',
        body: new URLSearchParams({ email }),
      });
      const { access_token: token } = (await response.json()) as { access_token?: string };
      if (!token) throw new Error(`The issuer gives ${email} no token`);
      return token;
    },
    mails: () => control('mails'),
    idle: async () => {
      const { idle } = (await control('idle')) as { idle: boolean };
      if (!idle) throw new Error('The stack is still busy after a minute');
    },
    denials: async () => ((await control('iam')) as { denials: unknown[] }).denials,
    close: async () => {},
  };
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: the story reads what it knows to be there
  readonly body: any;
}

export interface Sent {
  readonly body?: unknown;
  readonly text?: string;
  readonly type?: string;
  readonly ifMatch?: string;
  readonly key?: string;
  /** Token of the delegated session that it is sent in. */
  readonly session?: string;
  /** What the answer's status must be; 200 to 299 when absent. */
  readonly expect?: number;
  /** True: no line is printed. */
  readonly quiet?: boolean;
}

export type Caller = (line: string, sent?: Sent) => Promise<Answer>;

/** Sends requests as the person of an address; prints one line for each; throws when the answer is another than expected. */
export async function callerOf(stage: Stage, email: string): Promise<Caller> {
  const token = await stage.token(email);
  return async (line, sent = {}) => {
    const [method = 'GET', path = '/'] = line.split(' ');
    const text = sent.text ?? (sent.body === undefined ? undefined : JSON.stringify(sent.body));
    const response = await fetch(`${stage.url}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(text === undefined ? {} : { 'content-type': sent.type ?? 'application/json' }),
        ...(method === 'POST' ? { 'idempotency-key': sent.key ?? randomUUID() } : {}),
        ...(sent.ifMatch ? { 'if-match': sent.ifMatch } : {}),
        ...(sent.session ? { 'quartermaster-session': sent.session } : {}),
      },
      ...(text === undefined ? {} : { body: text }),
    });
    const raw = await response.text();
    const body = raw && response.headers.get('content-type')?.includes('json') ? JSON.parse(raw) : raw;
    if (!sent.quiet) console.log(`${response.status} ${method.padEnd(6)} ${path}  ${describe(body)}`);
    const good = sent.expect === undefined ? response.ok : response.status === sent.expect;
    if (!good)
      throw new Error(`${line} answered ${response.status}, expected ${sent.expect ?? '2xx'}: ${raw}`);
    return { status: response.status, headers: response.headers, body };
  };
}

function describe(body: unknown): string {
  if (typeof body !== 'object' || body === null) return '';
  const { code, title, id, name, state, status, balanceAfter, balance, type } = body as Record<
    string,
    unknown
  >;
  if (code && title) return String(code);
  const parts = { id, code, name, state, status, type, balance, balanceAfter };
  return Object.entries(parts)
    .filter(([, value]) => typeof value === 'string' || typeof value === 'number')
    .map(([key, value]) => `${key}=${value}`)
    .join(' ');
}

/** Fails the demo when two things differ. */
export function same(what: string, found: unknown, expected: unknown): void {
  const [a, b] = [JSON.stringify(found), JSON.stringify(expected)];
  if (a !== b) throw new Error(`${what}: found ${a}, expected ${b}`);
}

/** Begins a chapter of a story. */
export function chapter(title: string): void {
  console.log(`\n${title}`);
}

/** The ETag of an answer, for the next change of the same thing. */
export const tag = ({ headers }: Pick<Answer, 'headers'>): string => headers.get('etag') ?? '"0"';
