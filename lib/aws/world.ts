import { randomBytes } from 'node:crypto';
import { ulid } from 'ulid';
import { type Kind, prefixes } from '../kit/id.ts';

/** Now, as ISO 8601 UTC with milliseconds. The only clock that the shell reads. */
export function now(): string {
  return new Date().toISOString();
}

let pool: Uint8Array | undefined;
let taken = 0;

// The package asks the system for each of its sixteen random bytes by itself: ten times the processor's time.
function randomByte(): number {
  if (!pool || taken === pool.length) [pool, taken] = [randomBytes(1024), 0];
  return (pool[taken++] ?? 0) / 256;
}

/** A new id, made at `at` (milliseconds since 1970). Source: ULID specification. */
export function newId(kind: Kind, at: number): string {
  return `${prefixes[kind]}_${ulid(at, randomByte)}`;
}

/** `bytes` random bytes, base64url. */
export function secret(bytes: number): string {
  return randomBytes(bytes).toString('base64url');
}

/** Waits a random time between 0 and the exponential bound of `attempt` (full jitter), milliseconds. */
export function backoff(attempt: number, base = 12, most = 400): Promise<void> {
  const bound = Math.min(most, base * 2 ** attempt);
  return new Promise((resolve) => setTimeout(resolve, Math.random() * bound));
}

/**
 * Waits after a lost race: a random time between 0 and a window that doubles with each race lost (full jitter). The
 * window starts at what the lost try took, which is what one more try costs, and longer where many try at once; it
 * ends where one more try fits before the deadline.
 */
export function standBack(
  lost: number,
  { tookMs, leftMs }: { tookMs: number; leftMs: number },
): Promise<void> {
  const bound = Math.min(Math.max(12, tookMs) * 2 ** lost, leftMs - tookMs);
  return new Promise((resolve) => setTimeout(resolve, Math.random() * Math.max(12, bound)));
}

/** How long our clients wait for a service (ms): an answer that takes longer is asked for again. */
export const patience = { connectionTimeout: 3000, requestTimeout: 4000, throwOnRequestTimeout: true };
