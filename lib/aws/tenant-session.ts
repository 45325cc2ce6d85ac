import { AsyncLocalStorage } from 'node:async_hooks';
import { type Reach, reachAt, tagsOf } from '../kit/reach.ts';
import { assume } from './assume.ts';
import { defaultProvider } from './credentials.ts';
import { env } from './env.ts';
import type { Credentials } from './sign.ts';

type Tags = Readonly<Record<string, string>>;

/** Whose rights the table is asked with: of a session, once its reach is known, or the function's own. */
interface Frame {
  readonly reach: (() => Promise<Reach>) | undefined;
  /** Tenants besides the one at hand that this request was found to reach. */
  readonly others: Set<string>;
}

const frames = new AsyncLocalStorage<Frame>();
const marginMs = 5 * 60_000;
const mostKept = 10_000;
/** After STS has failed a session that goes on is not asked to be renewed for so long. */
const restMs = 10_000;
/** A session this young is not the one that the table has called over. */
const youngMs = 5000;

interface Kept {
  readonly lent: Credentials;
  readonly until: number;
  readonly since: number;
}
const kept = new Map<string, Kept>();
const opening = new Map<string, Promise<Credentials>>();
let restUntil = 0;

/** Whether this function takes on sessions at all. */
export const isLimited = (): boolean => process.env.TENANT_ROLE_ARN !== undefined;

/** Runs with the function's own rights, which reach no further than what the shell asks; `gathered` begins with nothing found. */
export const asItself = <T>(work: () => T): T => frames.run({ reach: undefined, others: new Set() }, work);

/** Runs with the rights of a session, opened at its first call of the table; `reach` is asked again at each call. */
export const within = <T>(reach: Promise<Reach> | (() => Promise<Reach>), work: () => T): T => {
  // Whoever never asks the table never hears of it.
  if (typeof reach !== 'function') reach.catch(() => undefined);
  const now = typeof reach === 'function' ? reach : () => reach;
  return frames.run({ reach: now, others: frames.getStore()?.others ?? new Set() }, work);
};

/**
 * Runs with a session that reaches further tenants as well; `vouch` names those that it found to be the caller's, and
 * throws for others. Nothing but `work` where the function takes on no sessions.
 */
export async function widened<T>(
  vouch: (reach: Reach) => Promise<Pick<Reach, 'others' | 'page'>>,
  work: () => Promise<T>,
): Promise<T> {
  const frame = frames.getStore();
  if (!frame?.reach) return work();
  const base = frame.reach;
  const so = gathered(await base());
  const { others, page } = await asItself(() => vouch(so));
  for (const id of others) frame.others.add(id);
  return within(async () => ({ ...(await base()), page }), work);
}

/** Runs work in a session of its own, which reaches nothing that was found in another. */
export const alone = <T>(reach: Reach, work: () => T): T =>
  frames.run({ reach: async () => reach, others: new Set() }, work);

/** Runs work for one tenant below the one at hand, as a path that is stored says, in a session of its own. */
export async function beneath<T>(path: readonly string[], work: () => Promise<T>): Promise<T> {
  const base = await frames.getStore()?.reach?.();
  return base && path.includes(base.target) ? alone(reachAt(path), work) : work();
}

/** Runs work about the tenant at hand where it really stands, as stored: with those above it in the session. */
export async function placedAt<T>(path: readonly string[], work: () => Promise<T>): Promise<T> {
  const base = await frames.getStore()?.reach?.();
  if (!base || path.at(-1) !== base.target) return work();
  const { provider, line } = reachAt(path);
  return within(Promise.resolve({ ...base, provider, line }), work);
}

/** The reach with every tenant that this request was found to reach so far. */
export function gathered(reach: Reach): Reach {
  const found = frames.getStore()?.others;
  if (!found?.size && reach.others.length === 0) return reach;
  const others = new Set([...reach.others, ...(found ?? [])]);
  others.delete(reach.home);
  others.delete(reach.target);
  return { ...reach, others: [...others].sort() };
}

interface Session {
  readonly tags: Tags;
  /** Its tags in one line. */
  readonly name: string;
}
// A reach is the same object for as long as it stays as it is.
const sessions = new WeakMap<Reach, Session>();

async function sessionNow(): Promise<Session | undefined> {
  const now = await frames.getStore()?.reach?.();
  if (!now || !isLimited()) return undefined;
  const reach = gathered(now);
  const known = sessions.get(reach);
  if (known) return known;
  const tags = tagsOf(reach, process.env.PAGED_SESSIONS === 'true');
  const session = { tags, name: Object.values(tags).join() };
  sessions.set(reach, session);
  return session;
}

/** The tags of the session that a call of the table belongs to, in the context of whoever sends it; undefined: the function's own rights. */
export const tagsNow = async (): Promise<Tags | undefined> => (await sessionNow())?.tags;

/** What such a call is signed with. */
export async function credentialsNow(): Promise<Credentials> {
  const session = await sessionNow();
  return session ? credentialsFor(session) : own();
}

const own = defaultProvider();

async function credentialsFor({ tags, name }: Session): Promise<Credentials> {
  const one = kept.get(name);
  const now = Date.now();
  const left = one ? one.until - now : 0;
  if (!one || left <= 0) return open(name, tags);
  // What is used last is given up last.
  kept.delete(name);
  kept.set(name, one);
  // Until it ends a session is better than none, and nobody waits for the next one: STS may be down, or silent.
  if (left <= marginMs && now > restUntil)
    open(name, tags).catch(() => {
      restUntil = Date.now() + restMs;
    });
  return one.lent;
}

function open(name: string, tags: Tags): Promise<Credentials> {
  const running = opening.get(name);
  if (running) return running;
  const started = lend(name, tags).finally(() => opening.delete(name));
  opening.set(name, started);
  return started;
}

async function lend(name: string, tags: Tags): Promise<Credentials> {
  const { lent, until } = await assume(env('TENANT_ROLE_ARN'), tags);
  kept.delete(name);
  kept.set(name, { lent, until, since: Date.now() });
  if (kept.size > mostKept) kept.delete(kept.keys().next().value ?? '');
  return lent;
}

/** Forgets the session that a call belongs to, where another call has not just had it renewed; false: it belongs to none. */
export async function forgetSession(): Promise<boolean> {
  const session = await sessionNow();
  if (!session) return false;
  const one = kept.get(session.name);
  if (one && Date.now() - one.since > youngMs) kept.delete(session.name);
  return true;
}
