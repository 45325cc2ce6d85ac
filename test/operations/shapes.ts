/**
 * What is known of the attributes of each kind of item (`a.b` is one of a map): types of DynamoDB, `S` or `NULL S`, and
 * `?` behind them where not every item of the kind has it.
 */
export type Shapes = Readonly<Record<string, Readonly<Record<string, string>>>>;

type Stored = Readonly<Record<string, unknown>>;

const isMap = (value: unknown): value is Stored =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array);

function typeOf(value: unknown): string {
  if (value === null) return 'NULL';
  if (Array.isArray(value)) return 'L';
  if (value instanceof Uint8Array) return 'B';
  return { string: 'S', number: 'N', boolean: 'BOOL', object: 'M' }[typeof value as string] ?? 'unknown';
}

/** Names of attributes that are words of ours; the others are ids, addresses or types, which differ by item. */
const isWord = (name: string) => /^[a-z][A-Za-z0-9]*$/.test(name) || /^(?:PK|SK|[GS][12])$/.test(name);

function* attributesOf(item: Stored, before = ''): Generator<[string, string]> {
  for (const [name, value] of Object.entries(item)) {
    if (value === undefined || !isWord(name)) continue;
    yield [`${before}${name}`, typeOf(value)];
    if (before === '' && isMap(value)) yield* attributesOf(value, `${name}.`);
  }
}

/** Where an item stands and what it is called there. */
export const kindOf = ({ PK, kind }: Stored): string =>
  [String(PK).split('#')[2], kind ?? 'without a name'].filter(Boolean).join('/');

interface Seen {
  readonly types: Set<string>;
  count: number;
  maps: number;
}

/** What the items say of their kinds. */
export function shapesOf(items: Iterable<Stored>): Shapes {
  const kinds = new Map<string, { count: number; seen: Map<string, Seen> }>();
  for (const item of items) {
    const kind = kinds.get(kindOf(item)) ?? { count: 0, seen: new Map<string, Seen>() };
    kinds.set(kindOf(item), kind);
    kind.count++;
    for (const [name, type] of attributesOf(item)) {
      const known = kind.seen.get(name) ?? { types: new Set<string>(), count: 0, maps: 0 };
      kind.seen.set(name, known);
      known.types.add(type);
      known.count++;
      if (type === 'M') known.maps++;
    }
  }
  return sorted([...kinds].map(([kind, { count, seen }]) => [kind, shapeOf(count, seen)]));
}

function shapeOf(items: number, seen: ReadonlyMap<string, Seen>): Record<string, string> {
  const all = (name: string) => (name.includes('.') ? seen.get(name.split('.')[0] ?? '')?.maps : items);
  return sorted(
    [...seen].map(([name, { types, count }]) => [
      name,
      `${[...types].sort().join(' ')}${count === all(name) ? '' : '?'}`,
    ]),
  );
}

const sorted = <T>(entries: [string, T][]): Record<string, T> =>
  Object.fromEntries(entries.sort(([one], [other]) => (one < other ? -1 : 1)));

const isSometimes = (shape: string) => shape.endsWith('?');
const typesOf = (shape: string) => shape.replace('?', '').split(' ').filter(Boolean);

/** Sentences on what of `now` a reader of `before` would stumble over: attributes gone that were always there, or of another type. */
export function stumblingBlocks(before: Shapes, now: Shapes): string[] {
  const found: string[] = [];
  for (const [kind, attributes] of Object.entries(now)) {
    for (const [name, shape] of Object.entries(before[kind] ?? {})) {
      const present = attributes[name];
      const map = name.includes('.') ? attributes[name.split('.')[0] ?? ''] : 'M';
      if (!isSometimes(shape) && map?.includes('M') && (!present || isSometimes(present)))
        found.push(`${kind} ${name} is not always there any more`);
      const other = typesOf(present ?? '').filter((one) => !typesOf(shape).includes(one));
      if (other.length > 0)
        found.push(`${kind} ${name} was ${typesOf(shape).join(' or ')}, and is ${other.join(' or ')} too`);
    }
  }
  return found;
}
