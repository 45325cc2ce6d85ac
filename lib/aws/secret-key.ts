import { createHash } from 'node:crypto';
import { type EnvironmentName, env } from './env.ts';
import { secretText } from './secrets.ts';

const read = new Map<string, Promise<Buffer>>();

/** A key of ours: SHA-256 of the secret whose ARN the variable holds, read once per process. */
export async function secretKey(variable: EnvironmentName): Promise<Buffer> {
  const arn = env(variable);
  const known = read.get(arn);
  if (known) return known;
  const reading = readKey(arn).catch((error: unknown) => {
    read.delete(arn);
    throw error;
  });
  read.set(arn, reading);
  return reading;
}

async function readKey(SecretId: string): Promise<Buffer> {
  const text = await secretText(SecretId);
  if (!text) throw new Error(`The secret ${SecretId} is empty`);
  return createHash('sha256').update(text).digest();
}
