import { hash, timingSafeEqual } from 'node:crypto';

/** SHA-256 of the JSON of `parts`, base64url (43 characters). JSON keeps the parts apart, so joins never collide. */
export function digest(...parts: readonly unknown[]): string {
  return hash('sha256', JSON.stringify(parts), 'base64url');
}

/** JSON with the names of every object in order: equal values give equal text, whatever order they were stored in. */
export function canonical(value: unknown): string {
  return JSON.stringify(value, (_, one: unknown) =>
    one !== null && typeof one === 'object' && !Array.isArray(one)
      ? Object.fromEntries(Object.entries(one).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)))
      : one,
  );
}

/** SHA-256 of the canonical JSON of a value, hexadecimal: what others can make again with their own tools. */
export const canonicalSha256 = (value: unknown): string => hash('sha256', canonical(value), 'hex');

/** True for equal texts, in a time that tells nothing but their lengths. */
export function sameText(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
}
