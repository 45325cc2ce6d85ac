import { AsyncLocalStorage } from 'node:async_hooks';
import { SignatureV4 } from '@smithy/signature-v4';
import { type Reach, tagsOf } from '../kit/reach.ts';
import { assume, type Lent, type Means } from './assume.ts';
import { defaultProvider } from './credentials.ts';

/** Whose rights the table is asked with: of a session, once its reach is known, or the function's own. */
interface Frame {
  readonly reach: Promise<Reach> | undefined;
  /** Tenants besides the one at hand that this request was found to reach. */
  readonly others: Set<string>;
}

const frames = new AsyncLocalStorage<Frame>();
const marginMs = 5 * 60_000;
const mostKept = 2000;

interface Kept {
  readonly signer: SignatureV4;
  readonly until: number;
}
const kept = new Map<string, Kept>();
const opening = new Map<string, Promise<SignatureV4>>();
let own: SignatureV4 | undefined;

/** Whether this function takes on sessions at all. */
export const isLimited = (): boolean => process.env.TENANT_ROLE_ARN !== undefined;

/** Runs with the function's own rights, which reach no further than what the shell asks. */
export const asItself = <T>(work: () => T): T => frames.run({ reach: undefined, others: new Set() }, work);

/** Runs with the rights of a session, opened at its first call of the table. */
export const within = <T>(reach: Promise<Reach>, work: () => T): T => {
  // Whoever never asks the table never hears of it.
  reach.catch(() => undefined);
  return frames.run({ reach, others: frames.getStore()?.others ?? new Set() }, work);
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
  const base = await frame.reach;
  const { others, page } = await asItself(() => vouch(base));
  for (const id of others) frame.others.add(id);
  return within(Promise.resolve({ ...base, page }), work);
}

/** The reach with every tenant that this request was found to reach so far. */
export function gathered(reach: Reach): Reach {
  const others = new Set([...reach.others, ...(frames.getStore()?.others ?? [])]);
  others.delete(reach.home);
  others.delete(reach.target);
  return { ...reach, others: [...others].sort() };
}

/** Runs work in which `gathered` answers what `widened` has found. */
export const gathering = <T>(work: () => T): T => frames.run({ reach: undefined, others: new Set() }, work);

/** What signs a call of the table: called for each by the SDK, in the context of whoever sends it. */
export async function signerNow(means: () => Promise<Means>): Promise<SignatureV4> {
  const reach = await frames.getStore()?.reach;
  if (!reach || !isLimited()) {
    own ??= new SignatureV4({ ...(await means()), service: 'dynamodb', credentials: defaultProvider() });
    return own;
  }
  const tags = tagsOf(gathered(reach), process.env.PAGED_SESSIONS === 'true');
  return signerOf(tags, means);
}

async function signerOf(
  tags: Readonly<Record<string, string>>,
  means: () => Promise<Means>,
): Promise<SignatureV4> {
  const name = Object.values(tags).join();
  const one = kept.get(name);
  const left = one ? one.until - Date.now() : 0;
  if (one && left > marginMs) return one.signer;
  const renewing = open(name, tags, means);
  // Until it ends a session is better than none: STS may be down.
  return one && left > 0 ? renewing.catch(() => one.signer) : renewing;
}

function open(
  name: string,
  tags: Readonly<Record<string, string>>,
  means: () => Promise<Means>,
): Promise<SignatureV4> {
  const running = opening.get(name);
  if (running) return running;
  const started = lend(name, tags, means).finally(() => opening.delete(name));
  opening.set(name, started);
  return started;
}

async function lend(
  name: string,
  tags: Readonly<Record<string, string>>,
  means: () => Promise<Means>,
): Promise<SignatureV4> {
  const how = await means();
  const lent: Lent = await assume(process.env.TENANT_ROLE_ARN ?? '', tags, how);
  const signer = new SignatureV4({ ...how, service: 'dynamodb', credentials: lent });
  kept.delete(name);
  kept.set(name, { signer, until: lent.expiration.getTime() });
  if (kept.size > mostKept) kept.delete(kept.keys().next().value ?? '');
  return signer;
}
