import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, sign } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { arch, hostname, platform } from 'node:os';

const sha256 = (data: Buffer | string) => createHash('sha256').update(data);

/** Tells one enrolment key from another without keeping it. */
export const hashOf = (text: string): string => sha256(text).digest('hex');

/** A new Ed25519 private key, as PEM. */
export function newKey(): string {
  return generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
}

/** The public key of a private one, as it is registered: raw, base64url. */
export function publicKeyOf(key: string): string {
  return createPublicKey(key).export({ format: 'jwk' }).x ?? '';
}

/** What tells this machine from others: always the same here, and elsewhere another. */
export function machine(): string {
  try {
    return sha256(readFileSync('/etc/machine-id', 'utf8').trim()).digest('base64url');
  } catch {
    return sha256([hostname(), platform(), arch()].join('\n')).digest('base64url');
  }
}

/** The word before a certificate. */
export type Scheme = 'Probe' | 'Machine';

/** A call as it is signed. */
export interface Call {
  readonly method: string;
  readonly path: string;
  /** The body as it is sent. */
  readonly bytes: Buffer;
}

/** The headers that prove a call: who calls from which machine, and a signature over all of it. */
export function prove(
  { method, path, bytes }: Call,
  by: {
    key: string;
    host: string;
    count: number;
    certificate?: string | undefined;
    /** Whose certificate it is. */
    scheme?: Scheme;
  },
): Record<string, string> {
  const { key, host, count, certificate, scheme = 'Probe' } = by;
  const text = [method, path, count, sha256(bytes).digest('hex'), host].join('\n');
  const signature = sign(null, Buffer.from(text), createPrivateKey(key)).toString('base64url');
  return {
    'quartermaster-host': host,
    'quartermaster-proof': `${count}.${signature}`,
    ...(certificate === undefined ? {} : { authorization: `${scheme} ${certificate}` }),
  };
}
