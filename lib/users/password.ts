import { createPublicKey } from 'node:crypto';
import * as z from 'zod';

function isRsaKey(value: string): boolean {
  try {
    const key = createPublicKey({ key: Buffer.from(value, 'base64'), format: 'der', type: 'spki' });
    const bits = key.asymmetricKeyDetails?.modulusLength ?? 0;
    return key.asymmetricKeyType === 'rsa' && bits >= 2048 && bits <= 4096;
  } catch {
    return false;
  }
}

/** Who is to read a new password. No password passes through here: what is asked for is announced, and kept. */
export const passwordReset = z.strictObject({
  publicKey: z
    .string()
    .max(1200)
    .refine(isRsaKey, 'must be an RSA public key of 2048 to 4096 bits')
    .describe('RSA public key of 2048 to 4096 bits: its SubjectPublicKeyInfo (DER) in base64'),
});
