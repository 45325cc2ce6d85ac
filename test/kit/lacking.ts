import { appendFileSync } from 'node:fs';

const id = /[a-z]{3}_[0-9A-Z]{26}/;
const keys = /"PK":\{"S":"([^"]+)"\},"SK":\{"S":"([^"]+)"\}|":p":\{"S":"([^"]+)"\}/g;

interface Asked {
  readonly name: string;
  readonly action: string | undefined;
  readonly input: object;
  readonly tags: Readonly<Record<string, string>> | undefined;
}

/**
 * `RIGHTS_LOG=<file>`: calls that a function has no right to are made all the same, and noted there: a line for each
 * tenant and kind, the tenant by its tag, the place by the files that asked. For whoever gives a function its `sessions`.
 */
export function noteLacking({ name, action, input, tags }: Asked, may: (key: string) => boolean): void {
  const places = new Error().stack?.match(/(?:functions|lib)\/(?!aws)[a-z/-]+\.ts:\d+/g) ?? [];
  for (const [, pk, sk = '', p] of JSON.stringify(input).matchAll(keys)) {
    const key = pk ?? p ?? '';
    if (may(key)) continue;
    const tenant = id.exec(key)?.[0] ?? '';
    const [tag] = Object.entries(tags ?? {}).find(([, one]) => one === tenant) ?? [tenant.slice(0, 3)];
    const kind = key.split('#')[2] ?? `NODE ${sk.replace(id, '…')}`;
    const line = [name, action, tags ? `${tag}: ${kind}` : `itself: ${kind}`, ...places.slice(0, 3)];
    appendFileSync(process.env.RIGHTS_LOG ?? '', `${line.join(' | ')}\n`);
  }
}
