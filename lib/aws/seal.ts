import { constants, createPublicKey, publicEncrypt, randomBytes } from 'node:crypto';

/** A password that nobody knows: letters, digits and punctuation, `length` (at least 12) characters. */
export function newPassword(length: number): string {
  // Each kind of character that Active Directory counts is there, whatever chance says.
  const kinds = 'aA1!';
  return `${randomBytes(length)
    .toString('base64url')
    .slice(0, length - kinds.length)}${kinds}`;
}

/** Text of at most 190 bytes that only the holder of the private key reads: RSA-OAEP with SHA-256, base64. `publicKey`: SubjectPublicKeyInfo, DER in base64. */
export function seal(publicKey: string, text: string): string {
  const key = createPublicKey({ key: Buffer.from(publicKey, 'base64'), format: 'der', type: 'spki' });
  const options = { key, oaepHash: 'sha256', padding: constants.RSA_PKCS1_OAEP_PADDING };
  return publicEncrypt(options, Buffer.from(text)).toString('base64');
}
