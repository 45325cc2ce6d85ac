import { createHash, createPublicKey, verify } from 'node:crypto';
import { isCanonical } from './certificate.ts';

/** What an agent says of a call in its headers, by form alone. */
export interface Claimed {
  readonly count: number;
  readonly signature: Buffer;
  readonly host: string;
}

/** What a signature is made over. */
export interface Signed {
  readonly method: string;
  readonly path: string;
  readonly count: number;
  /** SHA-256 of the body as it was sent, hexadecimal. */
  readonly bodyHash: string;
  readonly host: string;
}

const proofForm = /^(0|[1-9]\d{0,15})\.([A-Za-z0-9_-]{86})$/;
const hostForm = /^[A-Za-z0-9_-]{16,64}$/;

/** Reads the headers `quartermaster-proof` and `quartermaster-host`; undefined where one is missing or not of its form. */
export function readProof(proof: string | undefined, host: string | undefined): Claimed | undefined {
  const [, digits = '', text = ''] = proofForm.exec(proof ?? '') ?? [];
  const count = Number(digits || Number.NaN);
  if (!Number.isSafeInteger(count) || !isCanonical(text) || !hostForm.test(host ?? '')) return undefined;
  return { count, signature: Buffer.from(text, 'base64url'), host: host as string };
}

/** The text that is signed: method, path, count, hash of the body, host, joined by line feeds. */
export function signedText({ method, path, count, bodyHash, host }: Signed): Buffer {
  return Buffer.from([method, path, count, bodyHash, host].join('\n'));
}

/** True where the holder of `publicKey` (raw Ed25519, base64url) signed exactly this. */
export function isSigned(what: Signed, signature: Buffer, publicKey: string): boolean {
  try {
    const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: publicKey }, format: 'jwk' });
    return verify(null, signedText(what), key, signature);
  } catch {
    return false;
  }
}

/** Tells a call that was sent twice from another one. */
export function markOf(signature: Buffer): string {
  return createHash('sha256').update(signature).digest('base64url').slice(0, 16);
}
