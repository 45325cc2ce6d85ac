import { createHash } from 'node:crypto';

/** SHA-256 of the JSON of `parts`, base64url (43 characters). JSON keeps the parts apart, so joins never collide. */
export function digest(...parts: readonly unknown[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64url');
}

/** JSON with the names of every object in order: equal values give equal text, whatever order they were stored in. */
export function canonical(value: unknown): string {
  return JSON.stringify(value, (_, one: unknown) =>
    one !== null && typeof one === 'object' && !Array.isArray(one)
      ? Object.fromEntries(Object.entries(one).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)))
      : one,
  );
}
