import { constants, generateKeyPairSync, privateDecrypt } from 'node:crypto';

const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });

/** What a caller sends who wants to read a new password. */
export const passwordReset = {
  publicKey: publicKey.export({ type: 'spki', format: 'der' }).toString('base64'),
};

/** Reads what was sealed for that key. */
export function unseal(sealed: string): string {
  const options = { key: privateKey, oaepHash: 'sha256', padding: constants.RSA_PKCS1_OAEP_PADDING };
  return privateDecrypt(options, Buffer.from(sealed, 'base64')).toString();
}
