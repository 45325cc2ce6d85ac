import { randomInt } from 'node:crypto';
import type { Store } from './store.ts';
import type { Stack } from './template.ts';

interface SecretProperties {
  readonly Name?: string;
  readonly SecretString?: string;
  readonly GenerateSecretString?: {
    readonly PasswordLength?: number;
    readonly ExcludePunctuation?: boolean;
    readonly ExcludeCharacters?: string;
    readonly SecretStringTemplate?: string;
    readonly GenerateStringKey?: string;
  };
}

/** Values of the stack's secrets, generated once as the template says and kept. */
export interface Secrets {
  /** By name or ARN. */
  find(secretId: string): { readonly arn: string; readonly name: string; readonly value: string } | undefined;
}

/** `given`: values of secrets that the stack names but does not make. */
export function openSecrets(
  stack: Stack,
  store: Store,
  given: Readonly<Record<string, string>> = {},
): Secrets {
  const all = stack.all<SecretProperties>('AWS::SecretsManager::Secret').map(({ id, properties }) => {
    const name = properties.Name ?? `${stack.place.stackName}-${id}`;
    const arn = `arn:aws:secretsmanager:${stack.place.region}:${stack.place.account}:secret:${name}-local1`;
    let value = properties.SecretString ?? store.get(`secret/${name}`);
    if (value === undefined) {
      value = generate(properties.GenerateSecretString ?? {});
      store.set(`secret/${name}`, value);
    }
    return { arn, name, value };
  });
  for (const [name, value] of Object.entries(given)) {
    const arn = `arn:aws:secretsmanager:${stack.place.region}:${stack.place.account}:secret:${name}-local1`;
    all.push({ arn, name, value });
  }
  return { find: (secretId) => all.find(({ arn, name }) => secretId === arn || secretId === name) };
}

function generate(rule: NonNullable<SecretProperties['GenerateSecretString']>): string {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
  const alphabet = [...letters, ...(rule.ExcludePunctuation ? '' : '!#$%&()*+,-./:;<=>?@[]^_{|}~')].filter(
    (one) => !rule.ExcludeCharacters?.includes(one),
  );
  const password = Array.from(
    { length: rule.PasswordLength ?? 32 },
    () => alphabet[randomInt(alphabet.length)],
  ).join('');
  if (!rule.SecretStringTemplate || !rule.GenerateStringKey) return password;
  return JSON.stringify({ ...JSON.parse(rule.SecretStringTemplate), [rule.GenerateStringKey]: password });
}
