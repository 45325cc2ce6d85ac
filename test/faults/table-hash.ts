import { createHash } from 'node:crypto';
import { everything } from '../../lib/aws/scan.ts';

/** The same text for the same value, in whatever order an engine says its attributes. */
export const stable = (value: unknown): string =>
  JSON.stringify(value, (_, one: unknown) => {
    if (one instanceof Uint8Array) return Buffer.from(one).toString('base64');
    if (typeof one !== 'object' || one === null || Array.isArray(one)) return one;
    return Object.fromEntries(Object.entries(one).sort(([a], [b]) => (a < b ? -1 : 1)));
  });

/** One text for everything that the table of this process holds. */
export async function tableHash(): Promise<string> {
  const lines = (await everything()).map(stable).sort();
  return createHash('sha256').update(lines.join('\n')).digest('hex');
}
