import { createHash, randomBytes } from 'node:crypto';

/** Now, as ISO 8601 UTC with milliseconds. The only clock that the shell reads. */
export function now(): string {
  return new Date().toISOString();
}

/** SHA-256 of the JSON of `parts`, base64url (43 characters). JSON keeps the parts apart, so joins never collide. */
export function digest(...parts: readonly unknown[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64url');
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
