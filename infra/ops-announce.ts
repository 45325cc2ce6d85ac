import { globSync, readFileSync, statSync } from 'node:fs';
import { put } from '../lib/aws/bus.ts';
import { each } from '../lib/aws/db.ts';
import { fromAttributes } from '../lib/aws/item.ts';
import { scan } from '../lib/aws/scan.ts';
import { type Envelope, envelopesOf } from '../lib/kit/event.ts';
import { partition } from '../lib/kit/keys.ts';

/** Events that were announced from a moment on and before another, by everybody or one tenant. */
export interface Announced {
  readonly since: string;
  readonly until: string;
  readonly tenant?: string | undefined;
}

const together = 10;
const tries = 5;

/** What receipts and ledger entries of the table announce, oldest first. Of everybody: the whole table is read. */
export async function announcedIn({ since, until, tenant }: Announced): Promise<Envelope[]> {
  const found: Envelope[] = [];
  const see = (item: Readonly<Record<string, unknown>>) => {
    if (item.ev !== undefined && String(item.at) >= since && String(item.at) < until)
      found.push(...envelopesOf(item));
  };
  if (tenant === undefined) await scan(see);
  else
    for (const kind of ['AUDIT', 'ENTRY'] as const)
      for await (const item of each({ partition: partition(tenant, kind), limit: 500, consistent: true }))
        see(item);
  return found.sort((one, other) => (one.id < other.id ? -1 : 1));
}

interface Kept {
  readonly requestContext?: { readonly functionArn?: string };
  readonly payload?: string | { readonly Records?: readonly StreamRecord[] };
}
interface StreamRecord {
  readonly dynamodb?: { readonly NewImage?: Parameters<typeof fromAttributes>[0] };
}

/** What the records announce that the outbox gave up: an object of the bucket of failures, or a folder of them. */
export function announcedAt(path: string): Envelope[] {
  const records = keptAt(path).flatMap(({ bySealer, records: own }) => (bySealer ? [] : own));
  const found = records.flatMap(({ dynamodb }) =>
    dynamodb?.NewImage ? envelopesOf(fromAttributes(dynamodb.NewImage)) : [],
  );
  return found.sort((one, other) => (one.id < other.id ? -1 : 1));
}

/** How many records the sealer of the audit gave up, the other reader of the stream: they are announced, and not sealed. */
export const unsealedAt = (path: string): number =>
  keptAt(path).reduce((sum, { bySealer, records }) => sum + (bySealer ? records.length : 0), 0);

// A function's name is made of the stack's and the unit's, each cut where they are long.
const sealer = /AuditSeal/;

function keptAt(path: string): { bySealer: boolean; records: readonly StreamRecord[] }[] {
  const files = statSync(path).isDirectory()
    ? globSync(`${path}/**/*`).filter((one) => statSync(one).isFile())
    : [path];
  return files.map((file) => {
    const { payload = '{}', requestContext } = JSON.parse(readFileSync(file, 'utf8')) as Kept;
    const { Records = [] } =
      typeof payload === 'string' ? (JSON.parse(payload) as { Records?: StreamRecord[] }) : payload;
    return { bySealer: sealer.test(requestContext?.functionArn ?? ''), records: Records };
  });
}

/** Puts events on the bus once more, under the ids that they have: who has seen one recognizes it. */
export async function announce(envelopes: readonly Envelope[]): Promise<void> {
  for (let start = 0; start < envelopes.length; start += together) {
    let left = envelopes.slice(start, start + together);
    for (let attempt = 1; left.length > 0; attempt++) {
      const refused = await put(left);
      left = left.filter((_, at) => refused.includes(at));
      if (left.length > 0 && attempt === tries)
        throw new Error(
          `The bus refuses ${left.map(({ id }) => id).join(', ')}: nothing after them was announced.`,
        );
    }
  }
}

/** How many of each type. */
export function byType(envelopes: readonly Envelope[]): [type: string, count: number][] {
  return [...Map.groupBy(envelopes, ({ type }) => type)]
    .map(([type, all]): [string, number] => [type, all.length])
    .sort(([one], [other]) => (one < other ? -1 : 1));
}
