import { digest } from '../kit/digest.ts';
import { claimKey, type Key } from '../kit/keys.ts';
import type { Item, Reply, Write } from '../kit/plan.ts';
import { keyReused, Problem } from '../kit/problem.ts';
import { getAll } from './db.ts';

const keptSeconds = 24 * 3600;

/** An Idempotency-Key as it was used on one route: where its answer is kept, and whose request it was. */
export interface Claim {
  readonly key: Key;
  readonly hash: string;
}

/** Who sends a key where; `own`: keys of this route are each person's, else the tenant's. */
export interface KeyUse {
  readonly tenant: string;
  readonly person: string;
  readonly route: string;
  readonly own: boolean;
  readonly key: string;
}

/**
 * The claim of a request. The same key of another tenant or route is another claim, that of another person another
 * request: end users choose their keys apart from each other, a tenant's members together.
 */
export function claimOf(use: KeyUse, request: readonly unknown[]): Claim {
  const { tenant, person, route, own, key } = use;
  const place = own ? digest(route, key, person) : digest(route, key);
  return { key: claimKey(tenant, place), hash: digest(person, ...request) };
}

/** Keeps an answer with the change that it answers, for 24 hours. */
export function claimWrite(claim: Claim, reply: Reply & { status: number }, at: string): Write {
  const body = reply.kept ?? reply.body;
  const seconds = Math.floor(Date.parse(at) / 1000);
  const item: Item & { expiresAt: number } = {
    ...claim.key,
    kind: 'claim',
    hash: claim.hash,
    status: reply.status,
    body: body === undefined ? undefined : JSON.stringify(body),
    replyVersion: reply.version,
    location: reply.location,
    expiresAt: seconds + keptSeconds,
  };
  return { do: 'overwrite', item, expiredBefore: seconds };
}

/** The answer kept for a claim, if it still counts. Another request with the same key is refused (422). */
export function replayOf(
  claim: Claim,
  kept: Readonly<Record<string, unknown>> | undefined,
  at: string,
): Reply | undefined {
  if (!kept || Number(kept.expiresAt) < Math.floor(Date.parse(at) / 1000)) return undefined;
  if (kept.hash !== claim.hash) throw new Problem(keyReused);
  return {
    status: Number(kept.status),
    ...(kept.body === undefined ? {} : { body: JSON.parse(String(kept.body)) }),
    ...(kept.replyVersion === undefined ? {} : { version: kept.replyVersion as number }),
    ...(kept.location === undefined ? {} : { location: String(kept.location) }),
    replayed: true,
  };
}

/** A refusal may be the work of the same request sent twice at once: then the first one's answer is the answer. */
export async function twinOf(claim: Claim | undefined, at: string): Promise<Reply | undefined> {
  if (!claim) return undefined;
  const [kept] = await getAll([claim.key], true);
  return replayOf(claim, kept, at);
}
