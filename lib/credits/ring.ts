import { digest } from '../kit/digest.ts';
import { idTime } from '../kit/id.ts';

const slots = 16;
const hashBytes = 8;
const timeBytes = 6;
const slotBytes = hashBytes + 2 * timeBytes;

/** A customer's recent own keys (request ids), newest last: hash, the key's time, and where its entry stands. */
export interface Ring {
  readonly ring: string;
  /** Newest time (ms) of a key that has left the ring: a younger key that is not in it was never used. */
  readonly floor: number;
}

export const emptyRing: Ring = { ring: '', floor: 0 };

/** Where a key's entry may be: nowhere (`new`), at one place, or anywhere since the key was made (`search`). */
export type Lookup = 'new' | 'search' | { readonly previousAt: string };

const hash = (requestId: string) =>
  Buffer.from(digest('request', requestId), 'base64url').subarray(0, hashBytes);

/** Looks a key up. A place is only a hint: hashes are short, the entry must be compared. */
export function lookUp({ ring, floor }: Ring, requestId: string): Lookup {
  const bytes = Buffer.from(ring, 'base64url');
  const wanted = hash(requestId);
  for (let at = 0; at < bytes.length; at += slotBytes) {
    if (!bytes.subarray(at, at + hashBytes).equals(wanted)) continue;
    const place = bytes.readUIntBE(at + hashBytes + timeBytes, timeBytes);
    return { previousAt: place === 0 ? '0' : new Date(place).toISOString() };
  }
  return idTime(requestId) > floor ? 'new' : 'search';
}

/** Adds a key whose entry stands at `previousAt`; the oldest one leaves a full ring and may raise the floor. */
export function remember({ ring, floor }: Ring, requestId: string, previousAt: string): Ring {
  const bytes = Buffer.from(ring, 'base64url');
  const slot = Buffer.alloc(slotBytes);
  hash(requestId).copy(slot);
  slot.writeUIntBE(idTime(requestId), hashBytes, timeBytes);
  slot.writeUIntBE(previousAt === '0' ? 0 : Date.parse(previousAt), hashBytes + timeBytes, timeBytes);
  const full = bytes.length >= slots * slotBytes;
  const leaving = full ? bytes.readUIntBE(hashBytes, timeBytes) : 0;
  const kept = full ? bytes.subarray(slotBytes) : bytes;
  return { ring: Buffer.concat([kept, slot]).toString('base64url'), floor: Math.max(floor, leaving) };
}
