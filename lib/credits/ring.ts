const slots = 12;
const keyBytes = 16;
const timeBytes = 6;
const slotBytes = keyBytes + timeBytes;

/** A customer's recent own keys (request ids), newest last: the key's ULID, and where its entry stands. */
export interface Ring {
  readonly ring: string;
  /** The greatest key that has left the ring (hex): a greater one that is not in it was never used. */
  readonly floor: string;
}

export const emptyRing: Ring = { ring: '', floor: '' };

/** Where a key's entry is: nowhere (`new`), at one place, or anywhere since the key was made (`search`). */
export type Lookup = 'new' | 'search' | { readonly previousAt: string };

const digits = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** The 128 bits of a request id's ULID; they sort like the id. */
function bytesOf(requestId: string): Buffer {
  let value = 0n;
  for (const digit of requestId.slice(-26)) value = value * 32n + BigInt(digits.indexOf(digit));
  return Buffer.from((value & ((1n << 128n) - 1n)).toString(16).padStart(32, '0'), 'hex');
}

/** Looks a key up. */
export function lookUp({ ring, floor }: Ring, requestId: string): Lookup {
  const bytes = Buffer.from(ring, 'base64url');
  const wanted = bytesOf(requestId);
  for (let at = 0; at < bytes.length; at += slotBytes) {
    if (!bytes.subarray(at, at + keyBytes).equals(wanted)) continue;
    const place = bytes.readUIntBE(at + keyBytes, timeBytes);
    return { previousAt: place === 0 ? '0' : new Date(place).toISOString() };
  }
  return wanted.toString('hex') > floor ? 'new' : 'search';
}

/** Adds a key whose entry stands at `previousAt`; the oldest one leaves a full ring and may raise the floor. */
export function remember({ ring, floor }: Ring, requestId: string, previousAt: string): Ring {
  const bytes = Buffer.from(ring, 'base64url');
  const slot = Buffer.alloc(slotBytes);
  bytesOf(requestId).copy(slot);
  slot.writeUIntBE(previousAt === '0' ? 0 : Date.parse(previousAt), keyBytes, timeBytes);
  const full = bytes.length >= slots * slotBytes;
  const leaving = full ? bytes.subarray(0, keyBytes).toString('hex') : '';
  const kept = full ? bytes.subarray(slotBytes) : bytes;
  return {
    ring: Buffer.concat([kept, slot]).toString('base64url'),
    floor: leaving > floor ? leaving : floor,
  };
}
