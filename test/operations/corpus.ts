import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { brotliCompressSync, brotliDecompressSync } from 'node:zlib';
import { client } from '../../lib/aws/dynamo.ts';
import { fromAttributes } from '../../lib/aws/item.ts';
import { envelopesOf } from '../../lib/kit/event.ts';
import { type Answer, call, type Sent } from '../kit/world.ts';
import { kindOf, type Shapes, shapesOf } from './shapes.ts';

type Stored = Readonly<Record<string, unknown>>;

/** A request of the release before, which it answered with 200. */
export interface Recorded extends Sent {
  readonly name: string;
  readonly line: string;
}

/** What is published of an event: documents of the release before. */
export interface Contract {
  readonly data: Record<string, unknown>;
  readonly example: unknown;
}

/** What the release before left: a world as it stored it, requests that it answered, contracts of its events. */
export interface Corpus {
  readonly commit: string;
  /** When it was made: nothing in it is due before. */
  readonly madeAt: string;
  readonly items: readonly Stored[];
  readonly reads: readonly Recorded[];
  readonly contracts: Readonly<Record<string, Contract>>;
}

const folder = 'test/operations/previous';
const corpusFile = `${folder}/corpus.json.br`;
const shapesFile = `${folder}/shapes.json`;
/** So many of one kind or event, wherever they stand. */
const mostAlike = 2;
/** So many of one kind with each customer that announced one of these events. */
const mostBeside = 20;

const bytesAsText = (_: string, value: unknown) =>
  value instanceof Uint8Array ? { base64: Buffer.from(value).toString('base64') } : value;
const textAsBytes = (_: string, value: unknown) =>
  typeof (value as { base64?: unknown } | null)?.base64 === 'string'
    ? new Uint8Array(Buffer.from((value as { base64: string }).base64, 'base64'))
    : value;

export const readCorpus = (): Corpus =>
  JSON.parse(brotliDecompressSync(readFileSync(corpusFile)).toString('utf8'), textAsBytes);
export const readShapes = (): Shapes => JSON.parse(readFileSync(shapesFile, 'utf8'));

const remembered: Recorded[] = [];

/** Notes a read that was answered, to be asked again of the next release. A session's token is not kept: it ends. */
export function remember(name: string, { line, ...sent }: Sent & { line: string }, { status }: Answer): void {
  if (!line.startsWith('GET ') || status !== 200 || sent.headers?.['quartermaster-session']) return;
  remembered.push({ name, line, ...sent });
}

/** Writes what the next release is held against, where `CORPUS=write` asks for it. */
export async function keepCorpus(items: readonly Stored[]): Promise<void> {
  if (process.env.CORPUS !== 'write') return;
  const corpus: Corpus = {
    commit: execFileSync('git', ['rev-parse', '--short', 'HEAD']).toString().trim(),
    madeAt: new Date().toISOString(),
    items: chosen(items, await shown()),
    reads: remembered,
    contracts: JSON.parse(readFileSync('docs/events.json', 'utf8')),
  };
  mkdirSync(folder, { recursive: true });
  writeFileSync(corpusFile, brotliCompressSync(JSON.stringify(corpus, bytesAsText)));
  writeFileSync(shapesFile, `${lines(shapesOf(items))}\n`);
  process.stdout.write(
    `${folder}: ${corpus.items.length} of ${items.length} items, ${corpus.reads.length} reads\n`,
  );
}

const placeOf = ({ PK, SK }: Stored) => `${PK} ${SK}`;

let looking: Set<string> | undefined;

if (process.env.CORPUS === 'write')
  client().around('call', async (call, next) => {
    const answer = await next(call);
    const { Item, Items = [], Responses = {} } = answer as Answered;
    const found = [Item, ...Items, ...Object.values(Responses).flat()];
    for (const one of found) if (one) looking?.add(placeOf(fromAttributes(one)));
    return answer;
  });

/** Places of everything that the reads look at, asked once more. */
async function shown(): Promise<ReadonlySet<string>> {
  const places = new Set<string>();
  looking = places;
  for (const { name, line, ...sent } of remembered) {
    const { status } = await call(line, sent);
    if (status !== 200) throw new Error(`${name} answered ${status} when it was asked once more`);
  }
  looking = undefined;
  return places;
}

interface Answered {
  readonly Item?: Attributes;
  readonly Items?: Attributes[];
  readonly Responses?: Record<string, Attributes[]>;
}
type Attributes = Parameters<typeof fromAttributes>[0];

/** One line a kind: a change shows as one. */
function lines(shapes: Shapes): string {
  const rows = Object.entries(shapes).map(
    ([kind, one]) => ` ${JSON.stringify(kind)}: ${JSON.stringify(one)}`,
  );
  return `{\n${rows.join(',\n')}\n}`;
}

const tenantOf = ({ PK }: Stored) => String(PK).split('#')[1] ?? '';

/** What reads show, some of each kind and of each event, and what stands with those who announced these. */
function chosen(items: readonly Stored[], shown: ReadonlySet<string>): Stored[] {
  const few = (most: number) => {
    const alike = new Map<string, number>();
    return (name: string): boolean => {
      const count = (alike.get(name) ?? 0) + 1;
      alike.set(name, count);
      return count <= most;
    };
  };
  const isSample = few(mostAlike);
  const announcing = items.filter(
    (item) => envelopesOf(item).filter(({ type }) => isSample(type)).length > 0,
  );
  const kept = new Set(announcing);
  const concerned = new Set(announcing.map(tenantOf).filter((id) => id.startsWith('cus_')));
  const isBeside = few(mostBeside);
  for (const item of items) {
    const beside = concerned.has(tenantOf(item)) && !/AUDIT|CLAIM/.test(kindOf(item));
    if (shown.has(placeOf(item)) || isSample(kindOf(item))) kept.add(item);
    else if (beside && isBeside(`${kindOf(item)} ${tenantOf(item)}`)) kept.add(item);
  }
  return items.filter((item) => kept.has(item));
}
