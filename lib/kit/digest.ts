import { createHash } from 'node:crypto';

/** SHA-256 of the JSON of `parts`, base64url (43 characters). JSON keeps the parts apart, so joins never collide. */
export function digest(...parts: readonly unknown[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64url');
}
