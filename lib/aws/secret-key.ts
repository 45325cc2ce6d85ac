import { createHash } from 'node:crypto';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { type EnvironmentName, env } from './env.ts';
import { patience } from './world.ts';

const read = new Map<EnvironmentName, Promise<Buffer>>();

/** A key of ours: SHA-256 of the secret whose ARN the variable holds, read once per process. */
export function secretKey(variable: EnvironmentName): Promise<Buffer> {
  const known = read.get(variable);
  if (known) return known;
  const reading = readKey(variable).catch((error: unknown) => {
    read.delete(variable);
    throw error;
  });
  read.set(variable, reading);
  return reading;
}

async function readKey(variable: EnvironmentName): Promise<Buffer> {
  const { SecretString } = await new SecretsManagerClient({ requestHandler: patience }).send(
    new GetSecretValueCommand({ SecretId: env(variable) }),
  );
  if (!SecretString) throw new Error(`The secret of ${variable} is empty`);
  return createHash('sha256').update(SecretString).digest();
}
