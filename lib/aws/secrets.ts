import { awsJson, type Client } from './aws-json.ts';
import { defaultProvider } from './credentials.ts';

let shared: Client | undefined;

/** The text of a secret of Secrets Manager, `''` where it has none. @throws what `Client.send` throws. */
export async function secretText(SecretId: string): Promise<string> {
  const service = { name: 'secretsmanager', target: 'secretsmanager', version: '1.1' } as const;
  shared ??= awsJson({ ...service, endpoint: 'AWS_ENDPOINT_URL_SECRETS_MANAGER' }, defaultProvider());
  const { SecretString } = (await shared.send('GetSecretValue', { SecretId })) as { SecretString?: string };
  return SecretString ?? '';
}
